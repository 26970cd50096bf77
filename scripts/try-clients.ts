// Runs aws, rclone and s3cmd, where they are installed, against a local cloud, with keys that are hard on everybody. Not
// part of the tests: a bare machine has none of them. Takes the path of another `aws` to try.
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { startCloud } from "../local/cloud.ts";

const run = promisify(execFile);
const NAMES = [
  "plain.txt",
  "with space.txt",
  "plus+and=equals&.txt",
  "umlauts/äöü ß.txt",
  "100%.txt",
  "percent%20encoded.txt",
  "quotes'\".txt",
  "(brackets) [and] {braces}.txt",
  "question?hash#.txt",
  "emoji/🎞️.txt",
  `${`${"deep-folder-name".repeat(12)}/`.repeat(5)}${"f".repeat(35)}`, // 1,000 bytes
];

const folder = mkdtempSync(join(tmpdir(), "try-clients-"));
const cloud = await startCloud({ dataDirectory: join(folder, "data") });
const { accessKeyId, secretAccessKey } = cloud.iam.rootCredentials;
const { host } = new URL(cloud.endpoint);
const source = join(folder, "source");
for (const name of NAMES) write(join(source, name), `of ${name}`);
write(join(source, "twenty megabytes.bin"), randomBytes(20 * 1024 * 1024));

const environment = {
  PATH: process.env.PATH ?? "",
  HOME: folder,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_REGION: cloud.region,
  AWS_DEFAULT_REGION: cloud.region,
  AWS_ENDPOINT_URL: cloud.endpoint,
  RCLONE_CONFIG_LOCAL_TYPE: "s3",
  RCLONE_CONFIG_LOCAL_PROVIDER: "Other",
  RCLONE_CONFIG_LOCAL_ACCESS_KEY_ID: accessKeyId,
  RCLONE_CONFIG_LOCAL_SECRET_ACCESS_KEY: secretAccessKey,
  RCLONE_CONFIG_LOCAL_ENDPOINT: cloud.endpoint,
  RCLONE_CONFIG_LOCAL_REGION: cloud.region,
};
const s3cmd = [
  "--access_key",
  accessKeyId,
  "--secret_key",
  secretAccessKey,
  "--no-ssl",
  "--host",
  host,
].concat(["--host-bucket", host]);
const [, , aws = "aws"] = process.argv;
const at = ["--endpoint-url", cloud.endpoint];
let failures = 0;

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Every file of a folder with the hash of its bytes. */
function contents(path: string): string {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const lines = files.map((entry) => {
    const file = join(entry.parentPath, entry.name);
    return `${file.slice(path.length)} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`;
  });
  return lines.sort().join("\n");
}

function same(path: string): void {
  if (contents(path) !== contents(source)) throw new Error(`Expected the same files in ${path}.`);
}

async function attempt(command: string, args: string[], check: (stdout: string) => void = () => {}) {
  const shown = [command, ...args.slice(0, 4)].join(" ").slice(0, 90);
  try {
    const { stdout } = await run(command, args, { env: environment, maxBuffer: 1e8 });
    check(stdout);
    console.log(`ok    ${shown}`);
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      console.log(`none  ${shown}`);
      return "";
    }
    failures += 1;
    const { stderr = "", message } = error as Error & { stderr?: string };
    console.log(`FAIL  ${shown}\n      ${(stderr || message).slice(0, 600)}`);
    return "";
  }
}

function expectText(part: string) {
  return (stdout: string) => {
    if (!stdout.includes(part)) throw new Error(`Expected ${part}, but received ${stdout.slice(0, 300)}`);
  };
}

async function tryAws(): Promise<void> {
  const down = join(folder, "aws");
  const s3 = (...args: string[]) => attempt(aws, ["s3", ...args, ...at]);
  await s3("mb", "s3://aws");
  await s3("sync", source, "s3://aws/all", "--only-show-errors");
  await attempt(aws, ["s3", "ls", "--recursive", "s3://aws/", ...at], expectText("umlauts/äöü ß.txt"));
  await s3("sync", "s3://aws/all", down, "--only-show-errors");
  await attempt(aws, ["s3", "sync", source, "s3://aws/all", "--dryrun", ...at], (stdout) => {
    if (stdout !== "") throw new Error(`Expected nothing left to sync, but received ${stdout.slice(0, 300)}`);
  });
  same(down);
  for (const name of NAMES.slice(0, 10))
    await s3("cp", join(source, name), `s3://aws/one/${name}`, "--only-show-errors");
  await s3("mv", "s3://aws/one/100%.txt", "s3://aws/moved/100%.txt", "--only-show-errors");
  await s3("cp", "s3://aws/all/twenty megabytes.bin", "s3://aws/copy.bin", "--only-show-errors");
  await s3("rm", "--recursive", "s3://aws/", "--only-show-errors");
  await s3("rb", "s3://aws");
}

async function trySqs(): Promise<void> {
  const sqs = (...args: string[]) => attempt(aws, ["sqs", ...args, ...at]);
  const { QueueUrl = "" } = JSON.parse((await sqs("create-queue", "--queue-name", "work")) || "{}");
  const queue = ["--queue-url", QueueUrl];
  await sqs(
    "send-message",
    ...queue,
    "--message-body",
    "ü & <b>",
    "--message-attributes",
    "a={DataType=String,StringValue=1}",
  );
  const all = ["--attribute-names", "All", "--message-attribute-names", "All"];
  const stdout = await attempt(
    aws,
    ["sqs", "receive-message", ...queue, ...all, ...at],
    expectText('"MD5OfMessageAttributes"'),
  );
  const [message] = JSON.parse(stdout || '{"Messages":[{}]}').Messages;
  if (message.Body !== "ü & <b>") failures += 1;
  await sqs("delete-message", ...queue, "--receipt-handle", String(message.ReceiptHandle));
  await attempt(
    aws,
    ["sqs", "get-queue-attributes", ...queue, "--attribute-names", "All", ...at],
    expectText('"ApproximateNumberOfMessages": "0"'),
  );
  await sqs("purge-queue", ...queue);
  await sqs("delete-queue", ...queue);
}

async function tryRclone(): Promise<void> {
  const down = join(folder, "rclone");
  const rclone = (...args: string[]) =>
    attempt("rclone", [...args, "--quiet", "--retries", "1", "--low-level-retries", "1"]);
  await rclone("mkdir", "local:rclone");
  await rclone("copy", source, "local:rclone/all");
  await rclone("check", source, "local:rclone/all", "--download");
  await rclone("sync", "local:rclone/all", down);
  same(down);
  await rclone("sync", source, "local:rclone/all");
  await rclone("moveto", "local:rclone/all/100%.txt", "local:rclone/moved/100% +.txt");
  await attempt("rclone", ["lsf", "-R", "local:rclone"], expectText("moved/100% +.txt"));
  await rclone("purge", "local:rclone");
}

async function tryS3cmd(): Promise<void> {
  const down = join(folder, "s3cmd");
  mkdirSync(down);
  const s3 = (...args: string[]) => attempt("s3cmd", [...args, ...s3cmd]);
  await s3("mb", "s3://s3cmd");
  await s3("sync", `${source}/`, "s3://s3cmd/all/");
  await attempt("s3cmd", ["ls", "--recursive", "s3://s3cmd/", ...s3cmd], expectText("umlauts/äöü ß.txt"));
  await s3("sync", "s3://s3cmd/all/", `${down}/`);
  same(down);
  await s3("put", join(source, "with space.txt"), "s3://s3cmd/one/with space.txt");
  await s3("get", "s3://s3cmd/one/with space.txt", join(folder, "one.txt"));
  await s3("cp", "s3://s3cmd/one/with space.txt", "s3://s3cmd/two/plus+.txt");
  await s3("mv", "s3://s3cmd/two/plus+.txt", "s3://s3cmd/two/100%.txt");
  await s3("info", "s3://s3cmd/two/100%.txt");
  await s3("rb", "--force", "--recursive", "s3://s3cmd");
}

try {
  for (const client of [tryAws, trySqs, tryRclone, tryS3cmd]) {
    await client().catch((error: Error) => {
      failures += 1;
      console.log(`FAIL  ${error.message}`);
    });
  }
} finally {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all well" : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
