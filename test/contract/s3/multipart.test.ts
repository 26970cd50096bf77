import { createHash } from "node:crypto";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload, MIN_PART_BYTES } from "./a-multipart-upload.ts";

const target = useTarget();
const BIG = Buffer.alloc(MIN_PART_BYTES, "a");
const NO_UPLOAD = "noSuchUpload0123456789";
const md5 = (data: string | Uint8Array) => createHash("md5").update(data).digest();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
describe("contract: multipart uploads", () => {
  const bucket = useBucket(target);
  const begin = (key: string, more: object = {}) => beginUpload(target, bucket.name, key, more);

  it("lay their parts end to end", async () => {
    const upload = await begin("two-parts");
    await upload.part(2, "tail");
    await upload.part(1, BIG);
    const { ETag, Key, Bucket, Location } = await upload.complete();
    expect({ Key, Bucket }).to.deep.equal({ Key: "two-parts", Bucket: bucket.name });
    expect(Location).to.include("two-parts");
    const digest = createHash("md5")
      .update(Buffer.concat([md5(BIG), md5("tail")]))
      .digest("hex");
    expect(ETag).to.equal(`"${digest}-2"`);
    const { ContentLength, ETag: stored } = await bucket.head("two-parts");
    expect({ ContentLength, stored }).to.deep.equal({ ContentLength: MIN_PART_BYTES + 4, stored: ETag });
    expect(await bucket.text("two-parts", { Range: "bytes=-5" })).to.equal("atail");
  });

  it("may be of one small part", async () => {
    const upload = await begin("one-part");
    await upload.part(1, "only");
    await upload.complete();
    expect(await bucket.text("one-part")).to.equal("only");
  });

  it("may leave numbers out", async () => {
    const upload = await begin("gaps");
    await upload.part(3, BIG);
    await upload.part(10_000, "end");
    await upload.complete();
    expect((await bucket.head("gaps")).ContentLength).to.equal(MIN_PART_BYTES + 3);
  });

  it("take the last upload of a part", async () => {
    const upload = await begin("again");
    await upload.part(1, "first");
    await upload.part(1, "second");
    await upload.complete();
    expect(await bucket.text("again")).to.equal("second");
  });

  it("drop parts that are not listed", async () => {
    const upload = await begin("dropped");
    const { ETag } = await upload.part(1, "kept");
    await upload.part(2, "dropped");
    await upload.complete([{ PartNumber: 1, ETag }]);
    expect(await bucket.text("dropped")).to.equal("kept");
  });

  it("keep the metadata they began with", async () => {
    const upload = await begin("meta", {
      ContentType: "image/avif",
      Metadata: { a: "1" },
      Tagging: "t=1",
      CacheControl: "no-store",
    });
    await upload.part(1, "x");
    await upload.complete();
    expect(await bucket.head("meta")).to.deep.include({
      ContentType: "image/avif",
      Metadata: { a: "1" },
      CacheControl: "no-store",
      TagCount: 1,
    });
  });

  it("are invisible until they complete", async () => {
    const upload = await begin("invisible");
    await upload.part(1, "x");
    expect((await refused(bucket.head("invisible"))).status).to.equal(404);
    expect((await target.s3.listObjectsV2({ Bucket: bucket.name, Prefix: "invisible" })).KeyCount).to.equal(
      0,
    );
    await target.s3.abortMultipartUpload(upload.where);
  });

  it("leave an object as it was until they complete", async () => {
    await bucket.put("replaced", "old");
    const upload = await begin("replaced");
    await upload.part(1, "new");
    expect(await bucket.text("replaced")).to.equal("old");
    await upload.complete();
    expect(await bucket.text("replaced")).to.equal("new");
  });

  // The page says so of no completed upload; but AWS answers again, and clients that lost an answer need it.
  it("tell a client that completes again what it was told before", async () => {
    const upload = await begin("again");
    await upload.part(1, "x");
    const { ETag } = await upload.complete();
    await bucket.put("again", "newer");
    expect((await upload.complete()).ETag).to.equal(ETag);
    expect(await bucket.text("again")).to.equal("newer");
    const others = [{ PartNumber: 1, ETag: '"0123"' }];
    expect(await refused(upload.complete(others))).to.include({ code: "NoSuchUpload", status: 404 });
    expect(await refused(target.s3.abortMultipartUpload(upload.where))).to.include({ code: "NoSuchUpload" });
  });

  it("are gone once aborted", async () => {
    const upload = await begin("aborted");
    await upload.part(1, "x");
    const { $metadata } = await target.s3.abortMultipartUpload(upload.where);
    expect($metadata.httpStatusCode).to.equal(204);
    expect(await refused(upload.complete())).to.include({ code: "NoSuchUpload", status: 404 });
    expect(await refused(upload.part(2, "y"))).to.include({ code: "NoSuchUpload", status: 404 });
    expect(await refused(target.s3.listParts(upload.where))).to.include({
      code: "NoSuchUpload",
      status: 404,
    });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html (errors)
describe("contract: multipart uploads that go wrong", () => {
  const bucket = useBucket(target);
  const begin = (key: string) => beginUpload(target, bucket.name, key);

  it("refuse an upload that there is not", async () => {
    const where = { Bucket: bucket.name, Key: "k", UploadId: NO_UPLOAD };
    const Parts = [{ PartNumber: 1, ETag: '"0123"' }];
    for (const attempt of [
      target.s3.uploadPart({ ...where, PartNumber: 1, Body: "b" }),
      target.s3.completeMultipartUpload({ ...where, MultipartUpload: { Parts } }),
      target.s3.listParts(where),
      target.s3.abortMultipartUpload(where),
    ]) {
      expect(await refused(attempt)).to.include({ code: "NoSuchUpload", status: 404 });
    }
  });

  it("refuse the upload of another key", async () => {
    const { where } = await begin("mine");
    const refusal = await refused(target.s3.uploadPart({ ...where, Key: "yours", PartNumber: 1, Body: "b" }));
    expect(refusal).to.include({ code: "NoSuchUpload", status: 404 });
  });

  for (const number of [0, 10_001, -1]) {
    it(`refuse the part number ${number}`, async () => {
      const upload = await begin("numbers");
      expect(await refused(upload.part(number, "x"))).to.include({ code: "InvalidArgument", status: 400 });
    });
  }

  it("refuse parts out of order", async () => {
    const upload = await begin("order");
    const first = await upload.part(1, BIG);
    const second = await upload.part(2, "x");
    const parts = [
      { PartNumber: 2, ETag: second.ETag },
      { PartNumber: 1, ETag: first.ETag },
    ];
    expect(await refused(upload.complete(parts))).to.include({ code: "InvalidPartOrder", status: 400 });
  });

  it("refuse a part that was not uploaded, and one with another etag", async () => {
    const upload = await begin("parts");
    const { ETag } = await upload.part(1, "x");
    for (const part of [
      { PartNumber: 2, ETag },
      { PartNumber: 1, ETag: '"0123456789abcdef0123456789abcdef"' },
    ]) {
      const refusal = await refused(upload.complete([part]));
      expect(refusal).to.include({ code: "InvalidPart", status: 400 });
      const { UploadId } = upload.where;
      const about = { UploadId, PartNumber: `${part.PartNumber}`, ETag: part.ETag?.replaceAll('"', "") };
      expect(refusal.detail).to.include(about);
    }
  });

  it("refuse a small part that is not the last", async () => {
    const upload = await begin("small");
    await upload.part(1, "small");
    await upload.part(2, "last");
    const refusal = await refused(upload.complete());
    expect(refusal).to.include({ code: "EntityTooSmall", status: 400 });
    const ETag = createHash("md5").update("small").digest("hex");
    expect(refusal.detail).to.include({ PartNumber: "1", ProposedSize: "5", ETag });
  });

  it("refuse to complete without parts", async () => {
    const upload = await begin("none");
    expect(await refused(upload.complete([]))).to.include({ code: "MalformedXML", status: 400 });
    const bare = target.s3.completeMultipartUpload(upload.where);
    expect(await refused(bare)).to.include({ code: "InvalidRequest", status: 400 });
  });

  it("refuse another size than announced", async () => {
    const upload = await begin("size");
    await upload.part(1, "four");
    expect(await refused(upload.complete(undefined, { MpuObjectSize: 5 }))).to.include({
      code: "InvalidRequest",
      status: 400,
    });
    await upload.complete(undefined, { MpuObjectSize: 4 });
  });

  it("can be completed after a refusal", async () => {
    const upload = await begin("retried");
    const { ETag } = await upload.part(1, "x");
    await refused(upload.complete([{ PartNumber: 2, ETag }]));
    await upload.complete();
    expect(await bucket.text("retried")).to.equal("x");
  });

  it("refuse a bucket that does not exist, and a key that is too long", async () => {
    const create = (Bucket: string, Key: string) => target.s3.createMultipartUpload({ Bucket, Key });
    expect((await refused(create(`${bucket.name}-not`, "k"))).code).to.equal("NoSuchBucket");
    expect((await refused(create(bucket.name, "k".repeat(1025)))).code).to.equal("KeyTooLongError");
  });
});
