import { createHash } from "node:crypto";
import { truncateSync } from "node:fs";
import { basename, join } from "node:path";
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type SourceFile, type Upload, uploadFiles } from "../../operations/upload.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const md5 = (content: string | Uint8Array) => createHash("md5").update(content).digest("hex");

const MEBIBYTE = 1024 * 1024;

describe("uploadFiles", () => {
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

  const aFile = (name: string, content: string | Uint8Array): SourceFile => {
    const path = folder.write(name, content);
    return { path, key: basename(name), bytes: content.length };
  };

  const stored = async (key: string) => {
    const { Body } = await target.s3.send(new GetObjectCommand({ Bucket: "source", Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  it("stores every file, and says under which etag", async () => {
    const files = [aFile("a b+c.jpg", "one"), aFile("ü.png", "two")];

    const uploads = await uploadFiles(target, files);

    expect(uploads).to.deep.equal([
      { file: files[0], state: "uploaded", etag: md5("one") },
      { file: files[1], state: "uploaded", etag: md5("two") },
    ]);
    expect((await stored("ü.png")).toString()).to.equal("two");
  });

  it("tells the content type by the name, and nothing where it cannot", async () => {
    await uploadFiles(target, [aFile("a.JPG", "one"), aFile("a.xyz", "two")]);

    const typeOf = async (key: string) =>
      (await target.s3.send(new HeadObjectCommand({ Bucket: "source", Key: key }))).ContentType;
    expect(await typeOf("a.JPG")).to.equal("image/jpeg");
    expect(await typeOf("a.xyz")).to.not.match(/^image/);
  });

  it("says with each file which batch it came with, if there is one", async () => {
    await uploadFiles(target, [aFile("a.jpg", "one")], { batch: "monday" });
    await uploadFiles(target, [aFile("b.jpg", "two")]);

    const metadataOf = async (key: string) =>
      (await target.s3.send(new HeadObjectCommand({ Bucket: "source", Key: key }))).Metadata;
    expect(await metadataOf("a.jpg")).to.deep.equal({ "upload-batch": "monday" });
    expect(await metadataOf("b.jpg")).to.deep.equal({});
  });

  it("puts a large file in parts, and knows it again, as the aws command's", async () => {
    const content = Buffer.alloc(17 * MEBIBYTE, "0123456789abcdef");
    const file = aFile("large.jpg", content);

    let bytes = 0;
    const options = { batch: "monday", onBytes: (some: number) => (bytes += some) };
    const [upload] = await uploadFiles(target, [file], options);
    const [again] = await uploadFiles(target, [file], options);

    const parts = [0, 8, 16].map((at) => content.subarray(at * MEBIBYTE, (at + 8) * MEBIBYTE));
    const digests = parts.map((part) => createHash("md5").update(part).digest());
    const etag = `${md5(Buffer.concat(digests))}-3`;
    expect(upload).to.deep.equal({ file, state: "uploaded", etag });
    expect(again).to.deep.equal({ file, state: "present", etag });
    expect(bytes).to.equal(2 * content.length);
    const { Metadata } = await target.s3.send(new HeadObjectCommand({ Bucket: "source", Key: "large.jpg" }));
    expect(Metadata).to.deep.equal({ "upload-batch": "monday" });
    expect((await stored("large.jpg")).equals(content)).to.equal(true);
  });

  it("does not put together a large file that changes meanwhile", async () => {
    const file = aFile("changing.jpg", Buffer.alloc(17 * MEBIBYTE, "a"));
    const onBytes = () => truncateSync(file.path, 9 * MEBIBYTE);

    const [upload] = await uploadFiles(target, [file], { concurrency: 1, onBytes });

    expect(upload).to.include({ state: "failed" });
    expect((upload as { error: Error }).error.message).to.equal("It changed while it was uploaded.");
    expect(await stored("changing.jpg").then(String, ({ name }: Error) => name)).to.equal("NoSuchKey");
  });

  it("leaves alone what is already there", async () => {
    const files = [aFile("a.jpg", "one"), aFile("b.jpg", "two")];
    await uploadFiles(target, [files[0]!]);
    const { LastModified } = await target.s3.send(new HeadObjectCommand({ Bucket: "source", Key: "a.jpg" }));

    const uploads = await uploadFiles(target, files);

    expect(uploads.map(({ state }) => state)).to.deep.equal(["present", "uploaded"]);
    expect(uploads[0]).to.include({ etag: md5("one") });
    const again = await target.s3.send(new HeadObjectCommand({ Bucket: "source", Key: "a.jpg" }));
    expect(again.LastModified).to.deep.equal(LastModified);
  });

  it("replaces other content of the same size", async () => {
    await target.s3.send(new PutObjectCommand({ Bucket: "source", Key: "a.jpg", Body: "old" }));

    const [upload] = await uploadFiles(target, [aFile("a.jpg", "new")]);

    expect(upload?.state).to.equal("uploaded");
    expect((await stored("a.jpg")).toString()).to.equal("new");
  });

  it("goes on when a file fails, and says which", async () => {
    const gone = { path: join(folder.path, "gone.jpg"), key: "gone.jpg", bytes: 3 };
    const seen: Upload[] = [];

    const uploads = await uploadFiles(target, [gone, aFile("a.jpg", "one")], {
      onUpload: (upload) => seen.push(upload),
    });

    expect(uploads.map(({ state }) => state)).to.deep.equal(["failed", "uploaded"]);
    expect(uploads[0]).to.have.property("error").with.property("message").that.includes("ENOENT");
    expect(seen).to.have.members(uploads);
  });

  it("resumes after an abort where it was", async () => {
    const files = ["1", "2", "3", "4"].map((name) => aFile(`${name}.jpg`, name));
    const controller = new AbortController();
    const first = uploadFiles(target, files, {
      concurrency: 1,
      signal: controller.signal,
      onUpload: ({ file }) => file.key === "2.jpg" && controller.abort(),
    });

    expect((await rejection(first)).name).to.equal("AbortError");

    const uploads = await uploadFiles(target, files);
    expect(uploads.map(({ state }) => state)).to.deep.equal(["present", "present", "uploaded", "uploaded"]);
  });

  it("goes on with the parts of a large file that are there, and with no other file's", async () => {
    const content = Buffer.alloc(20 * MEBIBYTE);
    for (let at = 0; at < content.length; at += 4) content.writeUInt32LE(at, at);
    const file = aFile("large.jpg", content);
    const at = { Bucket: "source", Key: "large.jpg" };
    const begin = async (parts: Record<number, Uint8Array>) => {
      const { UploadId } = await target.s3.send(new CreateMultipartUploadCommand(at));
      for (const [number, Body] of Object.entries(parts))
        await target.s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber: Number(number), Body }));
      return UploadId;
    };
    const others = await begin({ 1: Buffer.from("another file's") });
    const ours = await begin({ 2: content.subarray(8 * MEBIBYTE, 16 * MEBIBYTE) });
    const sent: Partial<UploadPartCommandInput>[] = [];
    const s3 = Object.assign(Object.create(target.s3), {
      async send(command: UploadPartCommand) {
        if (command instanceof UploadPartCommand) sent.push(command.input);
        return await target.s3.send(command);
      },
    });

    const [upload] = await uploadFiles({ ...target, s3 }, [file]);

    expect(upload?.state).to.equal("uploaded");
    expect(sent.map(({ PartNumber }) => PartNumber)).to.have.members([1, 3]);
    expect(new Set(sent.map(({ UploadId }) => UploadId))).to.deep.equal(new Set([ours]));
    expect((await stored("large.jpg")).equals(content)).to.equal(true);
    const { Uploads = [] } = await target.s3.send(new ListMultipartUploadsCommand({ Bucket: "source" }));
    expect(Uploads.map(({ UploadId }) => UploadId)).to.deep.equal([others]);
  });
});
