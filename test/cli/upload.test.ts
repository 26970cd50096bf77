// A large file, and an upload of it that is killed in the middle.
import { createHash, randomBytes } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { GetObjectCommand, ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { rateText } from "../../cli/run-upload.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroomHere, killRemaining, startDarkroom } from "../support/darkroom.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";

const MEBIBYTE = 1024 * 1024;

describe("an upload", function () {
  this.timeout(60_000);
  let stack: TestStack;
  let folder: TemporaryFolder;

  before(async () => {
    stack = await startStack();
    folder = temporaryFolder();
  });
  after(async () => {
    killRemaining();
    folder.remove();
    await stack.stop();
  });

  it("that is killed in the midst of a large file goes on with the parts that are missing", async () => {
    const content = randomBytes(80 * MEBIBYTE);
    const words = [
      "upload",
      folder.write("large.tif", content),
      "--concurrency",
      "1",
      "--yes",
      ...stack.words,
    ];
    const at = { Bucket: stack.sourceBucket, Key: "large.tif" };
    const partsThere = async () => {
      const { Uploads = [] } = await stack.s3.send(new ListMultipartUploadsCommand({ Bucket: at.Bucket }));
      if (!Uploads[0]?.UploadId) return 0;
      const { Parts = [] } = await stack.s3.send(
        new ListPartsCommand({ ...at, UploadId: Uploads[0].UploadId }),
      );
      return Parts.length;
    };

    const killed = startDarkroom(words, { environment: stack.environment });
    await until("two parts are there", async () => (await partsThere()) >= 2, 30_000);
    killed.process.kill("SIGKILL");
    await killed.ended;
    const before = await partsThere();
    let sent = 0;
    const listen = (message: unknown) => {
      const { method, url = "" } = (message as { request: IncomingMessage }).request;
      if (method === "PUT" && url.includes("partNumber=")) sent += 1;
    };
    subscribe("http.server.request.start", listen);
    const { code, stdout } = await darkroomHere([...words, "--json"], stack.environment);
    unsubscribe("http.server.request.start", listen);

    expect(before).to.be.within(2, 9);
    expect([code, sent]).to.deep.equal([0, 10 - before]);
    expect(JSON.parse(stdout)).to.include({ key: "large.tif", state: "uploaded" });
    const { Body } = await stack.s3.send(new GetObjectCommand(at));
    const sha = (bytes: Uint8Array = Buffer.of()) => createHash("sha256").update(bytes).digest("hex");
    expect(sha(await Body?.transformToByteArray())).to.equal(sha(content));
    expect(await partsThere()).to.equal(0);
  });

  it("says how fast it is, and how long it takes yet", () => {
    expect(rateText(0, 100, 10_000)).to.equal("");
    expect(rateText(2_000_000, 8_000_000, 1000)).to.equal("");
    expect(rateText(8_000_000, 20_000_000, 4000)).to.equal("2 MB/s, 6s left");
  });
});
