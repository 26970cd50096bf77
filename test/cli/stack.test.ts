// A whole stack with its real function, and the commands that look it over, stop it, and fill it again.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { expect } from "chai";
import sinon from "sinon";
import { commandTextOf } from "../../cli/command-text.ts";
import { notingPause } from "../../cli/note-pause.ts";
import { columnsOf } from "../../cli/terminal/printable.ts";
import { examine } from "../../operations/doctor/doctor.ts";
import { type Engine, readFunction } from "../../operations/engine.ts";
import { costPerMillion } from "../../operations/estimate/cost.ts";
import { switchMappings } from "../../operations/pause.ts";
import { messageCount, queueDepth } from "../../operations/queue-depth.ts";
import { parseSettings } from "../../settings/settings.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { darkroom, darkroomHere, killRemaining, startDarkroom } from "../support/darkroom.ts";
import { drain } from "../support/dead-letters.ts";
import { expectGolden } from "../support/golden.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";
import { keysBelow } from "../support/whole-set.ts";

/** Of one pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("a stack", function () {
  this.timeout(90_000);
  let pipeline: TestPipeline;
  let folder: TemporaryFolder;
  let environment: Record<string, string>;
  let words: string[];

  before(async () => {
    pipeline = await startPipeline();
    folder = temporaryFolder();
    const outputs = folder.write(
      "outputs.json",
      JSON.stringify({ region: "us-east-1", ...pipeline.outputs }),
    );
    words = ["--outputs", outputs];
    environment = {
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: join(folder.path, "state"),
    };
  });
  after(async () => {
    killRemaining();
    await pipeline.stop();
    folder.remove();
  });

  const run = (...some: string[]) => darkroomHere([...some, ...words], environment);
  const failures = async () => {
    const findings = await examine(pipeline, { probe: false, pollMs: 50, limitSeconds: 1, waitSeconds: 0 });
    return findings.filter(({ state }) => state === "failed").map(({ name }) => name);
  };
  const switchTo = (enabled: boolean) =>
    switchMappings(pipeline.engine as Engine, { lanes: ["work", "backfill"], enabled, pollMs: 50 });

  it("is well, one image goes all the way, and nothing of it stays", async () => {
    const { code, stdout } = await run("doctor", "--json");

    const findings = JSON.parse(stdout) as Record<string, string>[];
    const others = findings.filter(({ state }) => state !== "good");
    // Local mode has no account, and says so.
    expect(others.map(({ name, found }) => [name, found])).to.deep.equal([
      ["account's concurrency", "Not answered here."],
      ["alarms", "Nobody hears of them."],
    ]);
    expect(findings.length).to.be.at.least(40);
    expect(findings.at(-1)?.found).to.match(/^9 renditions in /);
    expect(Object.keys(findings[0] ?? {})).to.deep.equal(["name", "state", "found", "meaning", "mend"]);
    expect(code).to.equal(0);
    expect(await keysBelow(pipeline, "")).to.deep.equal([]);
  });

  it("is paused and resumed by commands, which is written down", async () => {
    const asked = await darkroom(["pause", ...words], { environment });
    const paused = await run("pause", "--yes");
    const examined = await run("doctor", "--no-probe");
    const waited = await run("dlq", "redrive", "--all", "--yes");
    const status = await run("status");
    const resumed = await run("resume", "--yes", "--json");

    expect([asked.code, paused.code, examined.code, resumed.code]).to.deep.equal([2, 0, 1, 0]);
    expect(asked.stderr).to.include(
      "Nobody is here to confirm: add --yes to pause the work and the backfill",
    );
    expect(waited.stderr).to.include("The work and backfill lanes are paused: nothing is done before\n");
    expect(status.stdout).to.include(
      `Paused   work and backfill; to go on:\n  darkroom resume ${words.join(" ")}`,
    );
    expect(examined.stdout).to.include("→ darkroom resume --lane work");
    // What Pulumi adds to names.
    expectGolden("doctor", examined.stdout, [[/-[0-9a-f]{7}\b/g, "-1a2b3c4"]]);
    expect(JSON.parse(resumed.stdout)[0]).to.include({ lane: "work", before: "Disabled", state: "Enabled" });
    const lines = readFileSync(join(folder.path, "state/audit.ndjson"), "utf8").trim().split("\n");
    const deeds = lines.map((line) => JSON.parse(line)).filter(({ deed }) => deed !== "redrive");
    const [first, second] = deeds;
    expect(first).to.have.all.keys("at", "who", "deed", "target", "filter", "counts");
    expect([first.deed, second.deed, first.counts]).to.deep.equal(["pause", "resume", { changed: 2 }]);
    expect(await failures()).to.deep.equal([]);
  });

  it("tells who follows a redrive or an upload that it is paused meanwhile, once", async () => {
    const said: string[] = [];
    const write = sinon.stub(process.stderr, "write").callsFake((text) => said.push(String(text)) > 0);
    const { isTTY } = process.stderr;
    process.stderr.isTTY = false;
    const open = {
      target: pipeline,
      signal: new AbortController().signal,
      command: commandTextOf({ data: "", outputs: "outputs.json" }),
      pace: { pollMs: 1, settleMs: 0, waitSeconds: 0 },
    };
    try {
      await notingPause(open, async () => {
        expect(said).to.deep.equal([]);
        await switchTo(false);
        await until("it is said", () => said.length > 0);
      });
      await notingPause(open, async () => {});
    } finally {
      write.restore();
      process.stderr.isTTY = isTTY;
      await switchTo(true);
    }
    const rest = "paused: nothing is done before\n  darkroom resume --outputs outputs.json\n";
    const [meanwhile, before, ...more] = said;
    // The lanes are paused one after the other: who looks between sees one.
    expect(meanwhile).to.match(/^The (work|backfill|work and backfill) lanes? (is|are) paused: /);
    expect(meanwhile?.endsWith(rest)).to.equal(true);
    expect([before, ...more]).to.deep.equal([`The work and backfill lanes are ${rest}`]);
  });

  it("is estimated by its own settings", async () => {
    const { code, stdout } = await run("estimate", "--images", "100000", "--json");

    const { modes, cost, ...rest } = JSON.parse(stdout);
    const table = await run("estimate", "--images", "100000");
    expect(code).to.equal(0);
    expect(rest).to.include({ images: 100_000, renditionsPerImage: 9 });
    expect(modes[0]).to.deep.include({ mode: "standard", isPresent: true, cap: 10 });
    expect(modes[0].drainSeconds).to.be.above(modes[1].drainSeconds);
    expect(modes[1].idleMonth.total).to.be.above(modes[0].idleMonth.total);
    expect(cost.total).to.be.above(1);
    expect(table.stdout)
      .to.match(/standard, as it is +5 +\+300 +10 /)
      .and.to.match(/S3 writes +\$5\.00 +\$50\.00/);
    const [, ...lines] = table.stdout.split("\n");
    expect(Math.max(...lines.map(columnsOf))).to.be.at.most(80);
  });

  it("is known by what its mappings call, which may have been moved back", async () => {
    const engine = pipeline.engine as Engine;
    const send = sinon.spy(engine.lambda, "send");
    const { memoryMiB, tells } = await readFunction(engine);
    const asked = send.getCalls().map(({ args: [{ input }] }) => input as { FunctionName?: string });
    send.restore();

    expect(asked.at(-1)?.FunctionName).to.match(/:function:darkroom-worker-[^:]+:live$/);
    expect(memoryMiB).to.equal(1769);
    expect(tells).to.deep.equal({ catalog: false, events: false });
  });

  it("sends as many requests for an image as the estimate counts", async () => {
    const requests: string[] = [];
    const listen = (message: unknown) => {
      const { method, url = "", headers } = (message as { request: IncomingMessage }).request;
      if (url.includes("counted")) requests.push(method === "PUT" ? "write" : "read");
      if (headers["x-amz-target"] === "AmazonSQS.DeleteMessage") requests.push("delete");
    };
    const keys = Array.from({ length: 10 }, (_, index) => `counted-${index}.png`);
    await switchTo(false);
    for (const key of keys) await pipeline.put(key, PNG);
    subscribe("http.server.request.start", listen);
    await switchTo(true);
    await pipeline.drained();
    unsubscribe("http.server.request.start", listen);
    for (const key of keys) await pipeline.remove(key);
    await pipeline.drained();

    const count = (kind: string) => requests.filter((each) => each === kind).length;
    const { items } = costPerMillion(parseSettings({}));
    const perImage = (item: string) => (items.find((each) => each.item === item)?.quantity ?? 0) / 1e6;
    expect([count("read"), count("write")]).to.deep.equal([
      keys.length * perImage("S3 reads"),
      keys.length * perImage("S3 writes"),
    ]);
    // The last of a batch is left to Lambda, which deletes whole batches.
    expect(count("delete")).to.be.within(keys.length - 2, keys.length);
  });

  it("is followed after an upload, until each image is rendered or rejected", async () => {
    const pictures = temporaryFolder();
    pictures.write("good.png", PNG);
    pictures.write("bad.png", "no image");
    const words = ["upload", pictures.path, "--prefix", "followed/", "--follow", "--yes"];
    const { code, stdout } = await run(...words);
    const again = await run(...words, "--json");
    pictures.remove();
    await pipeline.takeDeadLetters();
    for (const name of ["good.png", "bad.png"]) await pipeline.remove(`followed/${name}`);
    await pipeline.drained();

    expect(code).to.equal(1);
    expect(stdout).to.include("✖ followed/bad.png  UNSUPPORTED_FORMAT\n");
    expect(stdout).to.include("1 image rendered, 1 rejected, 0 pending.");
    // What was there already is not announced again, and not waited for.
    expect([again.code, again.stdout.trim().split("\n").length]).to.deep.equal([0, 2]);
  });

  it("is filled again: the plan first, no key is lost when it is killed, and a second time there is nothing", async () => {
    await switchTo(false);
    const keys = Array.from({ length: 30 }, (_, index) => `${index}.png`);
    for (const key of keys) await pipeline.put(key, "no image");
    const backfill = ["backfill", "--all", "--rate", "5"];
    const queue = pipeline.backfillQueueUrl ?? "";

    const planned = await run(...backfill, "--dry-run", "--json");
    const dear = await run(...backfill, "--max-cost", "0.000001", "--yes");
    expect(await queueDepth(pipeline.sqs, queue)).to.include({ visible: 0 });
    const killed = startDarkroom([...backfill, "--yes", ...words], { environment });
    const sentMessages = async () => messageCount(await queueDepth(pipeline.sqs, queue));
    // The second request goes out when the first is written down.
    await until("two requests are sent", async () => (await sentMessages()) >= 2, 30_000);
    killed.process.kill("SIGKILL");
    await killed.ended;
    const resumed = await run("backfill", "--all", "--yes", "--json");
    const sent = (await drain(pipeline.sqs, queue)).flatMap(({ Body = "" }) => JSON.parse(Body).keys);
    const again = await run("backfill", "--all", "--yes");

    expect([planned.code, dear.code, resumed.code, again.code]).to.deep.equal([0, 2, 0, 0]);
    expect(JSON.parse(planned.stdout)).to.include({ looked: 30, planned: 30, bytes: 240, enqueued: 0 });
    expect(dear.stderr).to.include("It would cost");
    expect(resumed.stderr).to.include("Going on with what was planned at");
    expect(JSON.parse(resumed.stdout).enqueued).to.be.below(30);
    expect(new Set(sent)).to.deep.equal(new Set(keys));
    expect(again.stdout).to.include("All 30 sources were enqueued at");
    expect(await sentMessages()).to.equal(0);
  });
});
