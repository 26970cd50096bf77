// `darkroom local` as people and scripts type it. One instance stays up for all of them; the others join it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { aProject, type TestProject } from "../support/a-project.ts";
import {
  darkroom,
  killRemaining,
  type RunningDarkroom,
  startDarkroom,
  untilItSays,
} from "../support/darkroom.ts";
import { freePort } from "../support/free-port.ts";
import { descendantsOf, stillRunning } from "../support/processes.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what it is about
const ESCAPE_CODE = /\u001b/;

describe("darkroom local", function () {
  this.timeout(90_000);
  let project: TestProject;
  let folder: TemporaryFolder;
  let port: number;
  let up: RunningDarkroom;

  const run = (words: readonly string[], environment = {}) =>
    darkroom(["local", join(folder.path, "pictures"), ...common(), ...words], {
      projectDirectory: project.path,
      environment,
    });
  const common = (data = "data") => [
    ...["--stack", "test", "--data", join(folder.path, data), "--out", join(folder.path, "out")],
  ];

  before(async () => {
    folder = temporaryFolder();
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }] });
    const picture = sharp({ create: { width: 16, height: 12, channels: 3, background: "teal" } });
    folder.write("pictures/a.png", await picture.png().toBuffer());
    folder.write("pictures/sub folder/b+ü.jpg", await picture.jpeg().toBuffer());
    folder.write("pictures/text.jpg", "no image");
    port = await freePort();
    up = startDarkroom(
      ["local", join(folder.path, "pictures/a.png"), ...common(), "--keep", "--port", `${port}`],
      { projectDirectory: project.path, group: true },
    );
    await untilItSays(up, "stays up");
  });
  after(async () => {
    killRemaining();
    await up.ended;
    folder.remove();
    project.remove();
  });

  it("listens on the port it was given, and says how to reach it", () => {
    expect(up.stderr()).to.include(`export AWS_ENDPOINT_URL=http://127.0.0.1:${port} AWS_REGION=us-east-1`);
  });

  it("joins the instance that is up, and prints one JSON document with these names", async () => {
    const { code, stdout, stderr } = await run(["--json"]);

    expect([code, stderr.split("\n")[0]]).to.deep.equal([
      0,
      `Joined the local mode that is up: http://127.0.0.1:${port}, process ${up.pid}.`,
    ]);
    const report = JSON.parse(stdout);
    expect(report).to.have.all.keys(
      ...["stack", "endpoint", "out", "contactSheet", "elapsedMs", "totals", "sources"],
    );
    expect(report).to.include({ stack: "test", endpoint: `http://127.0.0.1:${port}` });
    expect(report.totals).to.have.all.keys(
      ...["done", "rejected", "unfinished", "renditions", "before", "after", "widest"],
    );
    expect(report.totals).to.include({ done: 2, rejected: 1, unfinished: 0, renditions: 2 });
    const [done, , rejected] = report.sources;
    expect(done).to.have.all.keys("key", "bytes", "state", "renditions");
    expect(done).to.include({ key: "a.png", state: "done" });
    expect(done.renditions[0]).to.have.all.keys(
      ...["key", "variant", "format", "width", "height", "bytes", "etag", "sha256"],
    );
    expect(rejected).to.have.all.keys("key", "bytes", "state", "retryable", "code", "message");
    expect(rejected).to.include({ key: "text.jpg", state: "rejected", code: "UNSUPPORTED_FORMAT" });
  });

  it("copies each set below its key, beside the contact sheet", () => {
    const files = readdirSync(join(folder.path, "out"), { recursive: true, encoding: "utf8" });

    expect(files).to.include.members([
      "contact-sheet.html",
      "a.png/tiny.webp",
      "sub folder/b+ü.jpg/tiny.webp",
    ]);
    const manifest = readFileSync(join(folder.path, "out/a.png/manifest.json"), "utf8");
    expect(JSON.parse(manifest).source).to.include({ key: "a.png", width: 16, height: 12 });
  });

  it("ends with 1 for a rejected source when it is strict", async () => {
    const { code, stdout, stderr } = await run(["--strict"]);

    expect(code).to.equal(1);
    expect(stdout).to.include("text.jpg  UNSUPPORTED_FORMAT").and.include("2 rendered, 1 rejected");
    expect(`${stdout}${stderr}`).to.not.match(ESCAPE_CODE);
  });

  it("colours only when it is forced to, where there is no terminal", async () => {
    const { stdout } = await run([], { FORCE_COLOR: "1" });

    expect(stdout).to.match(ESCAPE_CODE);
  });

  it("does not empty what is in use", async () => {
    const { code, stdout, stderr } = await run(["--fresh"]);

    expect(stderr).to.include(`(process ${up.pid})`).and.to.include("Stop it before you start afresh");
    expect([code, stdout]).to.deep.equal([2, ""]);
  });

  it("says in a sentence that the port is taken", async () => {
    const { code, stdout, stderr } = await darkroom(
      ["local", join(folder.path, "pictures"), ...common("other"), "--port", `${port}`],
      { projectDirectory: project.path },
    );

    expect(stderr).to.equal(`Expected a free port for --port, but received ${port}.\n`);
    expect([code, stdout]).to.deep.equal([2, ""]);
  });

  it("ends with 130 on Ctrl-C, and leaves nothing running", async () => {
    const started = descendantsOf(up.pid);
    expect(started, "environments").to.not.be.empty;

    process.kill(-up.pid, "SIGINT");
    const { code } = await up.ended;

    expect(code).to.equal(130);
    await until("its processes are gone", () => stillRunning(started).length === 0);
    expect(readdirSync(join(folder.path, "data"))).to.not.include("running.json");
  });

  it("ends with 130 when it is interrupted while it builds and deploys, and starts from nothing with --fresh", async () => {
    const words = ["local", join(folder.path, "pictures"), ...common(), "--fresh"];
    // Whose end it hears of first, its own signal or what it started, is chance.
    for (let round = 1; round <= 3; round += 1) {
      const starting = startDarkroom(words, { projectDirectory: project.path, group: true });
      await until("it has started something", () => descendantsOf(starting.pid).length > 0);
      const started = descendantsOf(starting.pid);

      process.kill(-starting.pid, "SIGINT");
      const { code, stderr } = await starting.ended;

      expect([code, stderr.trim()]).to.deep.equal([130, "Stopping. Press Ctrl-C again to kill."]);
      await until("its processes are gone", () => stillRunning(started).length === 0);
    }
    const { code: again, stdout } = await run(["--fresh", "--json"]);
    expect([again, JSON.parse(stdout).totals.done]).to.deep.equal([0, 2]);
  });
});
