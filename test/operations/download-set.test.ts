import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { downloadSet } from "../../operations/download-set.ts";
import { parseManifest } from "../../operations/manifest.ts";
import { aManifest, aRendition } from "../support/a-report.ts";
import { publish, startTarget, type TestTarget } from "../support/a-target.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { startWireServer } from "../support/wire-server.ts";

const CONNECTION = {
  region: "us-east-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  forcePathStyle: true,
  maxAttempts: 1,
};

describe("downloadSet", () => {
  let target: TestTarget;
  let folder: TemporaryFolder;

  beforeEach(async () => {
    folder = temporaryFolder();
    target = await startTarget();
  });

  afterEach(async () => {
    folder.remove();
    await target.stop();
  });

  const aSet = (key: string) =>
    aManifest({ source: { key }, renditions: [aRendition({ key: `${key}/large.jpeg` })] });

  it("copies every rendition and the manifest below the key", async () => {
    const manifest = aSet("my photos/cat.jpg");
    await publish(target, manifest);

    await downloadSet(target, manifest, folder.path);

    const set = join(folder.path, "my photos/cat.jpg");
    expect(readdirSync(set).toSorted()).to.deep.equal(["large.jpeg", "manifest.json"]);
    expect(readFileSync(join(set, "large.jpeg"), "utf8")).to.equal("bytes of my photos/cat.jpg/large.jpeg");
    expect(parseManifest(readFileSync(join(set, "manifest.json"), "utf8"))).to.deep.equal(manifest);
  });

  it("copies an immutable set below the key too, in the folder of its revision", async () => {
    const key = "photos/cat.jpg/0123456789abcdef/large.jpeg";
    const manifest = aManifest({ source: { key: "photos/cat.jpg" }, renditions: [aRendition({ key })] });
    await publish(target, manifest);

    await downloadSet(target, manifest, folder.path);

    expect(readFileSync(join(folder.path, key), "utf8")).to.equal(`bytes of ${key}`);
    expect(existsSync(join(folder.path, "photos/cat.jpg/manifest.json"))).to.equal(true);
  });

  it("leaves nothing behind of a rendition that is gone", async () => {
    const manifest = aSet("cat.jpg");
    await publish(target, { ...manifest, renditions: [] });

    const error = await rejection(downloadSet(target, manifest, folder.path));

    expect(error.name).to.equal("NoSuchKey");
    expect(readdirSync(join(folder.path, "cat.jpg"))).to.not.include("large.jpeg");
  });

  it("leaves no half of a rendition behind when the connection breaks", async () => {
    const server = await startWireServer((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    const s3 = new S3Client({ ...CONNECTION, endpoint: server.endpoint });

    const error = await rejection(downloadSet({ ...target, s3 }, aSet("cat.jpg"), folder.path));
    s3.destroy();
    await server.close();

    expect(error.message).to.match(/aborted|premature/i);
    expect(readdirSync(join(folder.path, "cat.jpg"))).to.deep.equal([]);
  });

  it("never writes outside the folder, whatever the manifest says", async () => {
    const manifest = aManifest({ renditions: [aRendition({ key: "../escaped.jpeg" })] });
    const out = join(folder.path, "out");

    const error = await rejection(downloadSet(target, manifest, out));

    expect(error.message).to.match(/^Expected a key that can be a path/);
    expect(existsSync(join(folder.path, "escaped.jpeg"))).to.equal(false);
  });

  it("does not follow a link out of the folder", async () => {
    const manifest = aSet("cat.jpg");
    await publish(target, manifest);
    const out = join(folder.path, "out");
    mkdirSync(join(folder.path, "elsewhere"));
    mkdirSync(out);
    symlinkSync(join(folder.path, "elsewhere"), join(out, "cat.jpg"));

    const error = await rejection(downloadSet(target, manifest, out));

    expect(error.message).to.include("is a link that leads out of");
    expect(readdirSync(join(folder.path, "elsewhere"))).to.deep.equal([]);
  });
});
