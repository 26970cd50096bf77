import { createHash } from "node:crypto";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload } from "./a-multipart-upload.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
describe("contract: listing uploads and parts", () => {
  const bucket = useBucket(target);
  const uploads: Record<string, string> = {};
  const list = (more: object = {}) => target.s3.listMultipartUploads({ Bucket: bucket.name, ...more });
  before(async () => {
    for (const key of ["a", "b/1", "b/2", "c d"]) {
      const upload = await beginUpload(target, bucket.name, key);
      uploads[key] = upload.where.UploadId;
      if (key !== "a") continue;
      for (const number of [1, 2, 5]) await upload.part(number, `part ${number}`);
    }
  });

  it("lists parts with their number, size and etag", async () => {
    const where = { Bucket: bucket.name, Key: "a", UploadId: uploads.a };
    const { Parts = [], IsTruncated, MaxParts, StorageClass } = await target.s3.listParts(where);
    expect(Parts.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([
      [1, 6],
      [2, 6],
      [5, 6],
    ]);
    expect(Parts[0]?.ETag).to.equal(`"${createHash("md5").update("part 1").digest("hex")}"`);
    expect({ IsTruncated, MaxParts, StorageClass }).to.deep.equal({
      IsTruncated: false,
      MaxParts: 1000,
      StorageClass: "STANDARD",
    });
  });

  it("lists parts in pages", async () => {
    const where = { Bucket: bucket.name, Key: "a", UploadId: uploads.a, MaxParts: 2 };
    const first = await target.s3.listParts(where);
    expect(first.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([1, 2]);
    expect(first.IsTruncated).to.equal(true);
    expect(String(first.NextPartNumberMarker)).to.equal("2");
    const second = await target.s3.listParts({ ...where, PartNumberMarker: first.NextPartNumberMarker });
    expect(second.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([5]);
    expect(second.IsTruncated).to.equal(false);
  });

  it("lists uploads by key", async () => {
    const { Uploads = [], IsTruncated } = await list();
    expect(Uploads.map(({ Key }) => Key)).to.deep.equal(["a", "b/1", "b/2", "c d"]);
    expect(Uploads.map(({ UploadId }) => UploadId)).to.deep.equal(Object.values(uploads));
    expect(Uploads[0]?.Initiated).to.be.instanceOf(Date);
    expect(IsTruncated).to.equal(false);
  });

  it("lists uploads under a prefix, and rolls them up at a delimiter", async () => {
    expect((await list({ Prefix: "b/" })).Uploads).to.have.length(2);
    const { Uploads = [], CommonPrefixes } = await list({ Delimiter: "/" });
    expect(Uploads.map(({ Key }) => Key)).to.deep.equal(["a", "c d"]);
    expect(CommonPrefixes).to.deep.equal([{ Prefix: "b/" }]);
  });

  it("lists uploads in pages", async () => {
    const seen: (string | undefined)[] = [];
    let next: { KeyMarker?: string; UploadIdMarker?: string } = {};
    for (;;) {
      const page = await list({ MaxUploads: 1, ...next });
      seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
      if (!page.IsTruncated) break;
      next = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } as typeof next;
    }
    expect(seen).to.deep.equal(["a", "b/1", "b/2", "c d"]);
  });

  it("goes on after uploads that were aborted meanwhile", async () => {
    const Key = "z: page by page";
    for (let index = 0; index < 3; index += 1) await beginUpload(target, bucket.name, Key);
    let next: { KeyMarker?: string; UploadIdMarker?: string } = {};
    let aborted = 0;
    for (;;) {
      const page = await list({ Prefix: Key, MaxUploads: 1, ...next });
      for (const { UploadId } of page.Uploads ?? []) {
        await target.s3.abortMultipartUpload({ Bucket: bucket.name, Key, UploadId });
        aborted += 1;
      }
      if (!page.IsTruncated) break;
      next = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker } as typeof next;
    }
    expect(aborted).to.equal(3);
  });

  it("refuses the id of another key's upload as a marker", async () => {
    const { UploadIdMarker } = await list({ UploadIdMarker: uploads["b/1"] });
    expect(UploadIdMarker ?? "").to.equal("");
    expect(await refused(list({ KeyMarker: "a", UploadIdMarker: uploads["b/1"] }))).to.include({
      code: "InvalidArgument",
      status: 400,
    });
  });

  it("takes an empty number for none", async () => {
    const query = { uploadId: uploads.a ?? "", "max-parts": "", "part-number-marker": "" };
    const path = `/${bucket.name}/a`;
    const { status, text } = await sendSigned(target, { service: "s3", method: "GET", path, query });
    expect(status).to.equal(200);
    expect(element("MaxParts", text)).to.equal("1000");
  });

  it("encodes keys when asked", async () => {
    const { Uploads } = await list({ Prefix: "c", EncodingType: "url" });
    expect(Uploads?.[0]?.Key).to.be.oneOf(["c%20d", "c+d"]);
  });
});
