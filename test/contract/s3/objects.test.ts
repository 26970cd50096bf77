import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
describe("contract: PutObject", () => {
  const bucket = useBucket(target);

  it("answers with the MD5 of the bytes, quoted, as the etag", async () => {
    const { ETag } = await bucket.put("etag", "hello");
    expect(ETag).to.equal(`"${createHash("md5").update("hello").digest("hex")}"`);
  });

  it("keeps an empty object", async () => {
    await bucket.put("empty", "");
    const { ContentLength, ETag } = await bucket.head("empty");
    expect({ ContentLength, ETag }).to.deep.equal({
      ContentLength: 0,
      ETag: '"d41d8cd98f00b204e9800998ecf8427e"',
    });
    expect(await bucket.text("empty")).to.equal("");
  });

  it("keeps every byte of a binary object", async () => {
    const body = randomBytes(300_000);
    await bucket.put("binary", body);
    const { Body } = await bucket.get("binary");
    expect(Buffer.compare(Buffer.from(await Body!.transformToByteArray()), body)).to.equal(0);
  });

  it("takes a stream of known length", async () => {
    const chunks = [randomBytes(100_000), randomBytes(1), randomBytes(70_000)];
    const Body = Readable.from(chunks, { objectMode: false });
    await target.s3.putObject({ Bucket: bucket.name, Key: "stream", Body, ContentLength: 170_001 });
    const read = await (await bucket.get("stream")).Body!.transformToByteArray();
    expect(Buffer.compare(Buffer.from(read), Buffer.concat(chunks))).to.equal(0);
  });

  it("stores a stream without the framing it came in", async () => {
    const Body = Readable.from([Buffer.from("framed")], { objectMode: false });
    await target.s3.putObject({
      Bucket: bucket.name,
      Key: "framed",
      Body,
      ContentLength: 6,
      ContentEncoding: "gzip",
    });
    expect((await bucket.head("framed")).ContentEncoding).to.equal("gzip");
  });

  it("takes two megabytes, which the SDK sends only after 100 Continue", async () => {
    await bucket.put("large", Buffer.alloc(2_200_000, "x"));
    expect((await bucket.head("large")).ContentLength).to.equal(2_200_000);
  });

  it("replaces the whole object, metadata too", async () => {
    await bucket.put("replaced", "first", { Metadata: { one: "1" }, CacheControl: "no-store" });
    await bucket.put("replaced", "second", { Metadata: { two: "2" } });
    const { Metadata, CacheControl } = await bucket.head("replaced");
    expect({ Metadata, CacheControl }).to.deep.equal({ Metadata: { two: "2" }, CacheControl: undefined });
    expect(await bucket.text("replaced")).to.equal("second");
  });

  it("refuses a bucket that does not exist", async () => {
    const refusal = await refused(target.s3.putObject({ Bucket: `${bucket.name}-not`, Key: "k", Body: "b" }));
    expect(refusal).to.include({ code: "NoSuchBucket", status: 404 });
  });

  it("takes a key of 1,024 bytes and refuses one more", async () => {
    await bucket.put("k".repeat(1024));
    expect((await bucket.head("k".repeat(1024))).ContentLength).to.equal(7);
    expect(await refused(bucket.put("k".repeat(1025)))).to.include({ code: "KeyTooLongError", status: 400 });
  });

  it("counts the bytes of a key, not its characters", async () => {
    expect(await refused(bucket.put("ü".repeat(513)))).to.include({ code: "KeyTooLongError", status: 400 });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
describe("contract: GetObject and HeadObject", () => {
  const bucket = useBucket(target);
  before(() => bucket.put("here", "0123456789"));

  it("tells the size, the type, the etag and the time", async () => {
    const earliest = Date.now() - 60_000;
    const { ContentLength, ContentType, ETag, LastModified, AcceptRanges } = await bucket.get("here");
    expect({ ContentLength, ContentType, AcceptRanges }).to.deep.equal({
      ContentLength: 10,
      ContentType: "application/octet-stream",
      AcceptRanges: "bytes",
    });
    expect(ETag).to.match(/^"[0-9a-f]{32}"$/);
    expect(+LastModified!).to.be.greaterThan(earliest);
    expect(LastModified!.getMilliseconds(), "HTTP dates have whole seconds").to.equal(0);
  });

  it("tells the same to HEAD as to GET", async () => {
    const { $metadata: _, Body, ...got } = await bucket.get("here");
    await Body!.transformToByteArray();
    const { $metadata: __, ...seen } = await bucket.head("here", { ChecksumMode: "ENABLED" });
    expect(seen).to.deep.equal(got);
  });

  it("refuses a missing key with its name", async () => {
    const refusal = await refused(bucket.get("missing"));
    expect(refusal).to.include({ code: "NoSuchKey", status: 404 });
    expect(refusal.detail.Key).to.equal("missing");
  });

  it("answers HEAD of a missing key with 404 and no body", async () => {
    expect(await refused(bucket.head("missing"))).to.include({ code: "NotFound", status: 404 });
  });

  it("refuses a missing bucket with its name", async () => {
    const Bucket = `${bucket.name}-not`;
    const refusal = await refused(target.s3.getObject({ Bucket, Key: "here" }));
    expect(refusal).to.include({ code: "NoSuchBucket", status: 404 });
    expect(refusal.detail.BucketName).to.equal(Bucket);
  });

  const overrides = {
    ResponseContentType: ["ContentType", "text/plain"],
    ResponseContentDisposition: ["ContentDisposition", 'attachment; filename="a b.txt"'],
    ResponseContentLanguage: ["ContentLanguage", "de"],
    ResponseContentEncoding: ["ContentEncoding", "identity"],
    ResponseCacheControl: ["CacheControl", "no-cache"],
  } as const;
  for (const [parameter, [member, value]] of Object.entries(overrides)) {
    it(`overrides the header when asked by ${parameter}`, async () => {
      expect((await bucket.get("here", { [parameter]: value }))[member]).to.equal(value);
      expect((await bucket.get("here"))[member]).not.to.equal(value);
    });
  }

  it("refuses an override that no HTTP header can carry", async () => {
    const refusal = await refused(bucket.get("here", { ResponseCacheControl: "snow ☃" }));
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
describe("contract: DeleteObject", () => {
  const bucket = useBucket(target);

  it("deletes, and says 204", async () => {
    await bucket.put("gone");
    const { $metadata, DeleteMarker } = await target.s3.deleteObject({ Bucket: bucket.name, Key: "gone" });
    expect($metadata.httpStatusCode).to.equal(204);
    expect(DeleteMarker).to.equal(undefined);
    expect((await refused(bucket.head("gone"))).status).to.equal(404);
  });

  it("says 204 of a key that never was", async () => {
    const { $metadata } = await target.s3.deleteObject({ Bucket: bucket.name, Key: "never" });
    expect($metadata.httpStatusCode).to.equal(204);
  });

  it("refuses a bucket that does not exist", async () => {
    const refusal = await refused(target.s3.deleteObject({ Bucket: `${bucket.name}-not`, Key: "k" }));
    expect(refusal).to.include({ code: "NoSuchBucket", status: 404 });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
describe("contract: DeleteObjects", () => {
  const bucket = useBucket(target);
  const remove = (keys: string[], more: { Quiet?: boolean } = {}) =>
    target.s3.deleteObjects({
      Bucket: bucket.name,
      Delete: { Objects: keys.map((Key) => ({ Key })), ...more },
    });

  it("deletes what is there and what is not, and lists both as deleted", async () => {
    await bucket.put("a");
    const { Deleted, Errors } = await remove(["a", "never"]);
    expect(Deleted?.map(({ Key }) => Key).sort()).to.deep.equal(["a", "never"]);
    expect(Errors).to.equal(undefined);
    expect((await refused(bucket.head("a"))).status).to.equal(404);
  });

  it("lists only failures when it is quiet", async () => {
    await bucket.put("b");
    const { Deleted, Errors } = await remove(["b"], { Quiet: true });
    expect({ Deleted, Errors }).to.deep.equal({ Deleted: undefined, Errors: undefined });
  });

  it("takes keys that XML must escape", async () => {
    const keys = ["<a>&'\"", "ü/ñ ☃", "tab\there", " leading and trailing "];
    for (const key of keys) await bucket.put(key);
    const { Deleted } = await remove(keys);
    expect(Deleted?.map(({ Key }) => Key).sort()).to.deep.equal([...keys].sort());
    for (const key of keys) expect((await refused(bucket.head(key))).status, key).to.equal(404);
  });

  it("deletes 1,000 keys at once and refuses 1,001", async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `many/${index}`);
    expect((await remove(keys.slice(0, 1000))).Deleted).to.have.length(1000);
    expect(await refused(remove(keys))).to.include({ code: "MalformedXML", status: 400 });
  });

  it("refuses an empty list", async () => {
    expect(await refused(remove([]))).to.include({ code: "MalformedXML", status: 400 });
  });

  it("deletes conditionally, object by object", async () => {
    const { ETag } = await bucket.put("c", "kept");
    await bucket.put("d", "gone");
    const gone = (await bucket.head("d")).ETag;
    const { Deleted, Errors } = await target.s3.deleteObjects({
      Bucket: bucket.name,
      Delete: {
        Objects: [
          { Key: "c", ETag: '"0123"' },
          { Key: "d", ETag: gone },
        ],
      },
    });
    expect(Deleted?.map(({ Key }) => Key)).to.deep.equal(["d"]);
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([["c", "PreconditionFailed"]]);
    expect((await bucket.head("c")).ETag).to.equal(ETag);
  });
});
