import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();
const LONG_AGO = new Date("2001-01-01T00:00:00Z");
const OTHER = '"0123456789abcdef0123456789abcdef"';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (If-Match and If-None-Match take precedence over the dates)
describe("contract: conditional reads", () => {
  const bucket = useBucket(target);
  let etag = "";
  let modified = new Date();
  before(async () => {
    await bucket.put("object");
    const head = await bucket.head("object");
    [etag, modified] = [head.ETag ?? "", head.LastModified ?? modified];
  });

  const outcomes: [what: string, conditions: () => Record<string, unknown>, status: number][] = [
    ["If-Match with its etag", () => ({ IfMatch: etag }), 200],
    ["If-Match with its etag, unquoted", () => ({ IfMatch: etag.replaceAll('"', "") }), 200],
    ["If-Match with another etag", () => ({ IfMatch: OTHER }), 412],
    ["If-None-Match with its etag", () => ({ IfNoneMatch: etag }), 304],
    ["If-None-Match with another etag", () => ({ IfNoneMatch: OTHER }), 200],
    ["If-Modified-Since an earlier time", () => ({ IfModifiedSince: LONG_AGO }), 200],
    ["If-Modified-Since its own time", () => ({ IfModifiedSince: modified }), 304],
    // RFC 7232, to which API_GetObject points: a time that is yet to come is no condition.
    [
      "If-Modified-Since a time yet to come",
      () => ({ IfModifiedSince: new Date(Date.now() + 86_400_000) }),
      200,
    ],
    ["If-Unmodified-Since its own time", () => ({ IfUnmodifiedSince: modified }), 200],
    ["If-Unmodified-Since an earlier time", () => ({ IfUnmodifiedSince: LONG_AGO }), 412],
    [
      "If-Match that holds and If-Unmodified-Since that does not",
      () => ({ IfMatch: etag, IfUnmodifiedSince: LONG_AGO }),
      200,
    ],
    [
      "If-None-Match that fails and If-Modified-Since that holds",
      () => ({ IfNoneMatch: etag, IfModifiedSince: LONG_AGO }),
      304,
    ],
  ];
  for (const [what, conditions, status] of outcomes) {
    for (const verb of ["get", "head"] as const) {
      it(`answers ${verb.toUpperCase()} with ${status} for ${what}`, async () => {
        const answer = bucket[verb]("object", conditions());
        if (status === 200) expect((await answer).$metadata.httpStatusCode).to.equal(200);
        else expect((await refused(answer)).status).to.equal(status);
      });
    }
  }

  it("says which condition failed", async () => {
    const refusal = await refused(bucket.get("object", { IfMatch: OTHER }));
    expect(refusal.code).to.equal("PreconditionFailed");
    expect(refusal.detail.Condition).to.equal("If-Match");
  });

  it("sends the etag with 304, for caches", async () => {
    expect((await refused(bucket.get("object", { IfNoneMatch: etag }))).headers.etag).to.equal(etag);
  });

  it("says 404 of a missing key, whatever the condition", async () => {
    expect((await refused(bucket.get("missing", { IfNoneMatch: etag }))).status).to.equal(404);
    expect((await refused(bucket.get("missing", { IfMatch: etag }))).status).to.equal(404);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
describe("contract: conditional writes", () => {
  const bucket = useBucket(target);

  it("creates with If-None-Match: * what was not there", async () => {
    await bucket.put("new", "first", { IfNoneMatch: "*" });
    expect(await bucket.text("new")).to.equal("first");
  });

  it("refuses with 412 to create what is there, and leaves it alone", async () => {
    await bucket.put("old", "first");
    expect(await refused(bucket.put("old", "second", { IfNoneMatch: "*" }))).to.include({
      code: "PreconditionFailed",
      status: 412,
    });
    expect(await bucket.text("old")).to.equal("first");
  });

  it("lets one of many concurrent creators win", async () => {
    const key = newName();
    const writes = Array.from({ length: 8 }, (_, index) =>
      bucket.put(key, `writer ${index}`, { IfNoneMatch: "*" }),
    );
    const results = await Promise.allSettled(writes);
    const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
    expect(winners).to.have.length(1);
    expect(await bucket.text(key)).to.equal(`writer ${winners[0]}`);
  });

  it("creates again after a deletion", async () => {
    await bucket.put("again");
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "again" });
    await bucket.put("again", "second", { IfNoneMatch: "*" });
    expect(await bucket.text("again")).to.equal("second");
  });

  it("replaces with If-Match what is as expected", async () => {
    const { ETag } = await bucket.put("match", "first");
    await bucket.put("match", "second", { IfMatch: ETag });
    expect(await bucket.text("match")).to.equal("second");
  });

  it("refuses with 412 to replace what is not", async () => {
    const { ETag } = await bucket.put("changed", "first");
    await bucket.put("changed", "second");
    expect(await refused(bucket.put("changed", "third", { IfMatch: ETag }))).to.include({
      code: "PreconditionFailed",
      status: 412,
    });
    expect(await bucket.text("changed")).to.equal("second");
  });

  it("says 404 of If-Match on a key that is not there", async () => {
    expect(await refused(bucket.put("absent", "b", { IfMatch: OTHER }))).to.include({
      code: "NoSuchKey",
      status: 404,
    });
  });

  it("lets one of many concurrent replacers win", async () => {
    const { ETag } = await bucket.put("race", "first");
    const writes = Array.from({ length: 8 }, (_, index) => bucket.put("race", `${index}`, { IfMatch: ETag }));
    const results = await Promise.allSettled(writes);
    expect(results.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  const unsupported: Record<string, Record<string, string>> = {
    "If-None-Match with an etag": { IfNoneMatch: OTHER },
    "If-Match with *": { IfMatch: "*" },
    "both conditions at once": { IfMatch: OTHER, IfNoneMatch: "*" },
  };
  for (const [what, conditions] of Object.entries(unsupported)) {
    it(`does not implement ${what}`, async () => {
      await bucket.put("unsupported");
      expect(await refused(bucket.put("unsupported", "b", conditions))).to.include({
        code: "NotImplemented",
        status: 501,
      });
    });
  }

  it("checks the etag of a copy's destination", async () => {
    await bucket.put("from", "source");
    const copy = (conditions: object) =>
      target.s3.copyObject({
        Bucket: bucket.name,
        Key: "to",
        CopySource: `${bucket.name}/from`,
        ...conditions,
      });
    await copy({ IfNoneMatch: "*" });
    expect((await refused(copy({ IfNoneMatch: "*" }))).status).to.equal(412);
    expect((await refused(copy({ IfMatch: OTHER }))).status).to.equal(412);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
describe("contract: conditional deletes", () => {
  const bucket = useBucket(target);
  const remove = (Key: string, IfMatch?: string) =>
    target.s3.deleteObject({ Bucket: bucket.name, Key, IfMatch });

  it("deletes what has the etag", async () => {
    const { ETag } = await bucket.put("same");
    await remove("same", ETag);
    expect((await refused(bucket.head("same"))).status).to.equal(404);
  });

  it("refuses with 412 what has another, and keeps it", async () => {
    await bucket.put("other");
    expect(await refused(remove("other", OTHER))).to.include({ code: "PreconditionFailed", status: 412 });
    expect((await bucket.head("other")).ContentLength).to.equal(7);
  });

  it("deletes with * what is there", async () => {
    await bucket.put("any");
    await remove("any", "*");
    expect((await refused(bucket.head("any"))).status).to.equal(404);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html (multipart uploads)
describe("contract: conditional completion of a multipart upload", () => {
  const bucket = useBucket(target);

  async function begin(Key: string) {
    const { UploadId } = await target.s3.createMultipartUpload({ Bucket: bucket.name, Key });
    const where = { Bucket: bucket.name, Key, UploadId };
    const { ETag } = await target.s3.uploadPart({ ...where, PartNumber: 1, Body: "part" });
    return (conditions: object) =>
      target.s3.completeMultipartUpload({
        ...where,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
        ...conditions,
      });
  }

  it("creates with If-None-Match: * what was not there", async () => {
    await (await begin("mp-new"))({ IfNoneMatch: "*" });
    expect(await bucket.text("mp-new")).to.equal("part");
  });

  it("refuses with 412 what was there before it began", async () => {
    await bucket.put("mp-old");
    const complete = await begin("mp-old");
    expect((await refused(complete({ IfNoneMatch: "*" }))).status).to.equal(412);
  });

  it("says 404 of If-Match on a key that is not there", async () => {
    const complete = await begin("mp-absent");
    expect(await refused(complete({ IfMatch: OTHER }))).to.include({ code: "NoSuchKey", status: 404 });
  });

  it("says 409 when the object was replaced since the upload began", async () => {
    const complete = await begin("mp-conflict");
    const { ETag } = await bucket.put("mp-conflict", "meanwhile");
    expect(await refused(complete({ IfMatch: ETag }))).to.include({
      code: "ConditionalRequestConflict",
      status: 409,
    });
    expect(await bucket.text("mp-conflict")).to.equal("meanwhile");
  });

  it("says 409 when the object was deleted since the upload began", async () => {
    await bucket.put("mp-deleted");
    const complete = await begin("mp-deleted");
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "mp-deleted" });
    expect(await refused(complete({ IfNoneMatch: "*" }))).to.include({
      code: "ConditionalRequestConflict",
      status: 409,
    });
  });
});
