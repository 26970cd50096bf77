// What people may do with the roles that index.ts makes for them: each command, for real, under each role.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { buildWorker, hostTarget } from "../../../artifact/build-worker.ts";
import type { DeployedResource } from "../../../local/deployer/deploy.ts";
import type { Credentials } from "../../../local/iam/iam.ts";
import { readManifest } from "../../../operations/manifest.ts";
import type { Target } from "../../../operations/target.ts";
import { drained } from "../../support/a-pipeline.ts";
import { darkroomHere } from "../../support/darkroom.ts";
import { sendDeadLetters } from "../../support/dead-letters.ts";
import { s3Client, sqsClient } from "../../support/local-cloud.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";
import { until } from "../../support/until.ts";
import {
  copyProject,
  only,
  type ProjectCopy,
  ROOT,
  type Stage,
  startStage,
} from "../deployer/a-deployment.ts";

const ANYBODY_OF_THE_ACCOUNT = { kind: "root", arn: "arn:aws:iam::000000000000:root" } as const;

/** Only Ctrl-C cancels, and local mode has no limits to ask for. */
const NEVER_ASKED_FOR_HERE = ["sqs:CancelMessageMoveTask", "lambda:GetAccountSettings"];

/** A pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("The roles of operators", function () {
  this.timeout(180_000);
  let stage: Stage;
  /** Which role asked for what. */
  const used = new Set<string>();
  /** Some commands do without what they may not ask for, and say nothing. */
  const refused: string[] = [];
  let project: ProjectCopy;
  let folder: TemporaryFolder;
  let target: Target;
  let outputs: Record<string, string>;
  let resources: DeployedResource[];
  let outputsFile: string;
  let picture: string;

  before(async () => {
    stage = await startStage();
    const { authorize } = stage.cloud.iam;
    stage.cloud.iam.authorize = (request) => {
      const [service = "", action] = request.action.split(":");
      used.add(`${request.principal.arn.split("/")[1]} ${service.toLowerCase()}:${action}`);
      try {
        authorize(request);
      } catch (error) {
        refused.push(request.action);
        throw error;
      }
    };
    folder = temporaryFolder();
    project = copyProject(ROOT, "index.ts");
    project.writeStack("test", "config:\n  darkroom:variants: [{ name: tiny, width: 8, formats: [webp] }]\n");
    const environment = { DARKROOM_ARTIFACT: await buildWorker(hostTarget()) };
    const deployment = await stage.deploy({ ...project, stack: "test", environment });
    resources = deployment.resources;
    outputs = deployment.outputs as Record<string, string>;
    outputsFile = folder.write("outputs.json", JSON.stringify(outputs));
    picture = folder.write("pixel.png", PNG);
    const { sourceBucket = "", destinationBucket = "" } = outputs;
    const { workQueueUrl = "", backfillQueueUrl = "", deadLetterQueueUrl = "" } = outputs;
    const clients = { s3: s3Client(stage.cloud), sqs: sqsClient(stage.cloud) };
    const queues = { workQueueUrl, backfillQueueUrl, deadLetterQueueUrl };
    target = { ...clients, ...queues, sourceBucket, destinationBucket };
    await target.s3.send(new PutObjectCommand({ Bucket: sourceBucket, Key: "cat.png", Body: PNG }));
    await until("a set is there", async () => (await readManifest(target, "cat.png")) !== undefined);
  });
  beforeEach(async () => {
    // What one command sent to work may mend what the next is to find damaged.
    await drained(target);
    await sendDeadLetters(target, [{ key: "cat.jpg" }]);
  });
  after(async () => {
    await stage.close();
    project.remove();
    folder.remove();
  });

  const sessionOf = (role: string): Credentials =>
    stage.cloud.iam.assumeRole(outputs[role] ?? "", ANYBODY_OF_THE_ACCOUNT, "somebody");

  function run(role: string, words: readonly string[]) {
    const { accessKeyId, secretAccessKey, sessionToken = "" } = sessionOf(role);
    return darkroomHere([...words, "--outputs", outputsFile], {
      AWS_ENDPOINT_URL: stage.cloud.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
  }

  const looking = [
    ["status"],
    ["show", "cat.jpg"],
    ["dlq", "list"],
    ["dlq", "show", "<id>"],
    ["dlq", "export"],
    ["dlq", "redrive", "--all"],
    ["verify"],
    ["backfill", "--missing", "--dry-run"],
    ["backfill", "--outdated", "--dry-run"],
    ["doctor", "--no-probe"],
    ["estimate", "--images", "10"],
  ];
  for (const words of looking) {
    it(`let both look: ${words.join(" ")}`, async () => {
      const ids = words.includes("<id>") ? await exportedIds() : [];
      const typed = words.map((word) => (word === "<id>" ? (ids[0] ?? word) : word));
      refused.length = 0;
      for (const role of ["operatorRead", "operatorRedrive"]) {
        const { stdout, stderr } = await run(role, typed);
        expect(refused, role).to.deep.equal([]);
        expect(stdout + stderr, role).not.to.match(/AccessDenied|not authorized/);
        expect(stdout, role).not.to.equal("");
      }
    });
  }

  it("look with just the commands that docs/deploy.md says, and dry runs", () => {
    const page = readFileSync(join(ROOT, "docs/deploy.md"), "utf8");
    const [, row = ""] = /^\| `operatorRead` \|[^|]*\|(.*)\|$/m.exec(page) ?? [];
    const told = [...row.matchAll(/`([^`]+)`/g)].map(([, command]) => command);
    const isDryRun = (words: string[]) => words.includes("--dry-run") || words.includes("redrive");
    const [read, dry] = [looking.filter((words) => !isDryRun(words)), looking.filter(isDryRun)];
    const nameOf = ([command = "", ...others]: string[]) =>
      [command, ...others.filter((word) => command === "dlq" || word === "--no-probe")].join(" ");
    expect(told).to.have.members(read.map((words) => nameOf(words).replace(" <id>", "")));
    expect(row.includes("a dry run of anything")).to.equal(dry.length > 0);
  });

  const saved = () => join(folder.path, `${randomUUID()}.ndjson`);
  const working: [command: string, words: () => string[] | Promise<string[]>][] = [
    ["dlq redrive", () => ["dlq", "redrive", "--all", "--yes"]],
    ["dlq redrive --native", () => ["dlq", "redrive", "--all", "--native", "--yes"]],
    ["dlq drop", () => ["dlq", "drop", "--all", "--yes", "--export", saved()]],
    ["dlq import", async () => ["dlq", "import", await exported(), "--yes"]],
    ["backfill", () => ["backfill", "--all", "--yes"]],
    ["verify --repair", torn],
    ["pause", () => ["pause", "--yes"]],
    ["resume", () => ["resume", "--yes"]],
    ["doctor, with its probe", () => ["doctor", "--limit", "20"]],
  ];
  for (const [command, words] of working) {
    it(`let one work, and not the other: ${command}`, async () => {
      const refused = await run("operatorRead", await words());
      expect(refused.stdout + refused.stderr).to.match(/AccessDenied|not authorized/);
      expect(refused.code).not.to.equal(0);
      const done = await run("operatorRedrive", await words());
      expect(done.stdout + done.stderr).not.to.match(/AccessDenied|not authorized/);
    });
  }

  /** There is something to repair. */
  async function torn(): Promise<string[]> {
    const Key = "cat.png/manifest.json";
    await target.s3.send(new DeleteObjectCommand({ Bucket: target.destinationBucket, Key }));
    return ["verify", "--repair", "--yes"];
  }

  async function exportedIds(): Promise<string[]> {
    const { stdout } = await run("operatorRead", ["dlq", "export"]);
    const lines = stdout.trim().split("\n");
    return lines.map((line) => (JSON.parse(line) as { messageId: string }).messageId);
  }

  async function exported(): Promise<string> {
    const file = saved();
    await run("operatorRead", ["dlq", "export", file]);
    return file;
  }

  it("grant nothing that no command uses", () => {
    for (const [output, kind] of Object.entries({ operatorRead: "read", operatorRedrive: "redrive" })) {
      const { policy } = only(resources, "aws:iam/rolePolicy:RolePolicy", `operator-${kind}`).inputs;
      const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: string | string[] }[] };
      const role = outputs[output]?.split("/").at(-1);
      const idle = Statement.flatMap(({ Action }) => Action).filter(
        (action) => !used.has(`${role} ${action}`),
      );
      expect(NEVER_ASKED_FOR_HERE).to.include.members(idle);
    }
  });

  it("let neither upload", async () => {
    for (const role of ["operatorRead", "operatorRedrive"]) {
      const { stdout, stderr, code } = await run(role, ["upload", picture, "--yes"]);
      expect(stdout + stderr, role).to.match(/not authorized to perform: s3:PutObject/);
      expect(code, role).not.to.equal(0);
    }
  });
});
