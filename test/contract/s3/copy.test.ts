import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();
const LONG_AGO = new Date("2001-01-01T00:00:00Z");
const TOMORROW = new Date(Date.now() + 86_400_000);

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
describe("contract: CopyObject", () => {
  const bucket = useBucket(target);
  const other = useBucket(target);
  let etag = "";
  const copy = (Key: string, from = "source", more: object = {}) =>
    target.s3.copyObject({
      Bucket: bucket.name,
      Key,
      CopySource: `${bucket.name}/${encodeURIComponent(from)}`,
      ...more,
    });

  before(async () => {
    const { ETag = "" } = await bucket.put("source", "the source", {
      ContentType: "text/plain",
      CacheControl: "max-age=1",
      Metadata: { colour: "blue" },
      Tagging: "a=1&b=2",
    });
    etag = ETag;
  });

  it("copies bytes, metadata and tags", async () => {
    const { CopyObjectResult } = await copy("copy");
    expect(CopyObjectResult?.ETag).to.equal(etag);
    expect(await bucket.text("copy")).to.equal("the source");
    expect(await bucket.head("copy")).to.deep.include({
      ContentType: "text/plain",
      CacheControl: "max-age=1",
      Metadata: { colour: "blue" },
    });
    const { TagSet } = await target.s3.getObjectTagging({ Bucket: bucket.name, Key: "copy" });
    expect(TagSet?.map(({ Key, Value }) => `${Key}=${Value}`).sort()).to.deep.equal(["a=1", "b=2"]);
  });

  it("replaces all metadata when told to", async () => {
    await copy("replaced", "source", { MetadataDirective: "REPLACE", Metadata: { size: "small" } });
    const { Metadata, CacheControl, ContentType } = await bucket.head("replaced");
    expect({ Metadata, CacheControl, ContentType }).to.deep.equal({
      Metadata: { size: "small" },
      CacheControl: undefined,
      ContentType: "binary/octet-stream",
    });
  });

  it("ignores new metadata when not told to replace", async () => {
    await copy("ignored", "source", { Metadata: { size: "small" } });
    expect((await bucket.head("ignored")).Metadata).to.deep.equal({ colour: "blue" });
  });

  it("replaces tags when told to, and only then", async () => {
    const tagsOf = async (Key: string) =>
      (await target.s3.getObjectTagging({ Bucket: bucket.name, Key })).TagSet;
    await copy("tags-new", "source", { TaggingDirective: "REPLACE", Tagging: "c=3" });
    expect(await tagsOf("tags-new")).to.deep.equal([{ Key: "c", Value: "3" }]);
    await copy("tags-old", "source", { Tagging: "c=3" });
    expect(await tagsOf("tags-old")).to.have.length(2);
  });

  it("refuses to copy an object onto itself unchanged", async () => {
    expect(await refused(copy("source"))).to.include({ code: "InvalidRequest", status: 400 });
  });

  it("changes an object's metadata in place", async () => {
    await copy("in-place");
    await copy("in-place", "in-place", { MetadataDirective: "REPLACE", Metadata: { now: "this" } });
    expect((await bucket.head("in-place")).Metadata).to.deep.equal({ now: "this" });
    expect(await bucket.text("in-place")).to.equal("the source");
  });

  it("copies an object onto itself where a storage class is named", async () => {
    await copy("in-place-class");
    await copy("in-place-class", "in-place-class", { StorageClass: "STANDARD" });
    expect(await bucket.text("in-place-class")).to.equal("the source");
  });

  it("copies between buckets", async () => {
    const CopySource = `${bucket.name}/source`;
    await target.s3.copyObject({ Bucket: other.name, Key: "copy", CopySource });
    expect(await other.text("copy")).to.equal("the source");
  });

  it("takes a source with a leading slash", async () => {
    const CopySource = `/${bucket.name}/source`;
    await target.s3.copyObject({ Bucket: bucket.name, Key: "slash", CopySource });
    expect(await bucket.text("slash")).to.equal("the source");
  });

  it("takes a source whose key is percent-encoded", async () => {
    const key = "spaces and+plus%25 ü/☃?versionId=1";
    await bucket.put(key, "hostile");
    await copy("from-hostile", key);
    expect(await bucket.text("from-hostile")).to.equal("hostile");
  });

  it("leaves a copy alone when its source is replaced and deleted", async () => {
    await bucket.put("short-lived", "first");
    await copy("long-lived", "short-lived");
    await bucket.put("short-lived", "second");
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "short-lived" });
    expect(await bucket.text("long-lived")).to.equal("first");
  });

  it("says 404 of a missing source key, and of a missing source bucket", async () => {
    expect(await refused(copy("to", "missing"))).to.include({ code: "NoSuchKey", status: 404 });
    const CopySource = `${bucket.name}-not/source`;
    const refusal = await refused(target.s3.copyObject({ Bucket: bucket.name, Key: "to", CopySource }));
    expect(refusal).to.include({ code: "NoSuchBucket", status: 404 });
  });

  it("refuses a source that is not bucket/key", async () => {
    const refusal = await refused(
      target.s3.copyObject({ Bucket: bucket.name, Key: "to", CopySource: "nonsense" }),
    );
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
  });

  it("adds the checksum that is asked for", async () => {
    const { CopyObjectResult } = await copy("hashed", "source", { ChecksumAlgorithm: "SHA256" });
    expect(CopyObjectResult?.ChecksumSHA256).to.match(/=$/);
    const { ChecksumSHA256 } = await bucket.head("hashed", { ChecksumMode: "ENABLED" });
    expect(ChecksumSHA256).to.equal(CopyObjectResult?.ChecksumSHA256);
  });

  it("makes one part of what was uploaded in parts: its etag is the MD5 again", async () => {
    const where = { Bucket: bucket.name, Key: "multipart" };
    const { UploadId } = await target.s3.createMultipartUpload(where);
    const { ETag } = await target.s3.uploadPart({ ...where, UploadId, PartNumber: 1, Body: "the source" });
    const Parts = [{ PartNumber: 1, ETag }];
    await target.s3.completeMultipartUpload({ ...where, UploadId, MultipartUpload: { Parts } });
    expect((await copy("single", "multipart")).CopyObjectResult?.ETag).to.equal(etag);
    expect((await bucket.head("single")).ETag).to.equal(etag);
  });

  const conditions: [what: string, condition: () => object, status: number][] = [
    ["if-match that holds", () => ({ CopySourceIfMatch: etag }), 200],
    ["if-match that fails", () => ({ CopySourceIfMatch: '"0123"' }), 412],
    ["if-none-match that holds", () => ({ CopySourceIfNoneMatch: '"0123"' }), 200],
    ["if-none-match that fails", () => ({ CopySourceIfNoneMatch: etag }), 412],
    ["if-modified-since that holds", () => ({ CopySourceIfModifiedSince: LONG_AGO }), 200],
    ["if-modified-since a time to come, which is none", () => ({ CopySourceIfModifiedSince: TOMORROW }), 200],
    ["if-unmodified-since that fails", () => ({ CopySourceIfUnmodifiedSince: LONG_AGO }), 412],
    [
      "if-match that holds before if-unmodified-since that fails",
      () => ({ CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: LONG_AGO }),
      200,
    ],
    [
      "if-none-match that fails before if-modified-since that holds",
      () => ({ CopySourceIfNoneMatch: etag, CopySourceIfModifiedSince: LONG_AGO }),
      412,
    ],
  ];
  for (const [what, condition, status] of conditions) {
    it(`answers ${status} for the source's ${what}`, async () => {
      const answer = copy("conditional", "source", condition());
      if (status === 200) expect((await answer).$metadata.httpStatusCode).to.equal(200);
      else {
        const { detail, ...refusal } = await refused(answer);
        expect(refusal).to.include({ code: "PreconditionFailed", status });
        expect(detail.Condition).to.match(/^x-amz-copy-source-If-(None-)?(Match|(Unm|M)odified-Since)$/);
      }
    });
  }
});
