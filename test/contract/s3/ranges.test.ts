import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Range), https://www.rfc-editor.org/rfc/rfc9110#name-range
describe("contract: ranges", () => {
  const bucket = useBucket(target);
  before(async () => {
    await bucket.put("ten", "0123456789");
    await bucket.put("empty", "");
  });

  const partial: [range: string, text: string, contentRange: string][] = [
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=2-5", "2345", "bytes 2-5/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-30", "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=0-", "0123456789", "bytes 0-9/10"],
  ];
  for (const [Range, text, contentRange] of partial) {
    it(`answers ${Range} with 206 and ${contentRange}`, async () => {
      const { Body, ContentRange, ContentLength, $metadata } = await bucket.get("ten", { Range });
      expect(await Body?.transformToString()).to.equal(text);
      expect({ ContentRange, ContentLength }).to.deep.equal({
        ContentRange: contentRange,
        ContentLength: text.length,
      });
      expect($metadata.httpStatusCode).to.equal(206);
    });
  }

  for (const Range of ["bytes=5-2", "lines=1-2", "bytes=a-b", "bytes="]) {
    it(`ignores ${Range}, which is no range`, async () => {
      const { Body, ContentRange, $metadata } = await bucket.get("ten", { Range });
      expect(await Body?.transformToString()).to.equal("0123456789");
      expect(ContentRange).to.equal(undefined);
      expect($metadata.httpStatusCode).to.equal(200);
    });
  }

  for (const Range of ["bytes=10-", "bytes=10-12", "bytes=-0"]) {
    it(`refuses ${Range}, which nothing satisfies`, async () => {
      const refusal = await refused(bucket.get("ten", { Range }));
      expect(refusal).to.include({ code: "InvalidRange", status: 416 });
      expect(refusal.detail).to.include({ RangeRequested: Range, ActualObjectSize: "10" });
    });
  }

  it("refuses any range of an empty object", async () => {
    expect((await refused(bucket.get("empty", { Range: "bytes=0-" }))).status).to.equal(416);
  });

  it("answers HEAD with the part's length", async () => {
    const { ContentLength, ContentRange } = await bucket.head("ten", { Range: "bytes=1-2" });
    expect({ ContentLength, ContentRange }).to.deep.equal({ ContentLength: 2, ContentRange: "bytes 1-2/10" });
  });

  it("gives no checksum of the whole with a part", async () => {
    const { ChecksumCRC32 } = await bucket.get("ten", { Range: "bytes=1-2", ChecksumMode: "ENABLED" });
    expect(ChecksumCRC32).to.equal(undefined);
  });

  it("gives the checksum of the whole with all of it", async () => {
    const { ChecksumType } = await bucket.get("ten", { Range: "bytes=0-", ChecksumMode: "ENABLED" });
    expect(ChecksumType).to.equal("FULL_OBJECT");
  });

  it("tells the etag of the whole object", async () => {
    const { ETag } = await bucket.head("ten");
    expect((await bucket.get("ten", { Range: "bytes=1-2" })).ETag).to.equal(ETag);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (partNumber)
describe("contract: reading by part number", () => {
  const bucket = useBucket(target);
  const PART_BYTES = 5 * 1024 * 1024;
  before(async () => {
    await bucket.put("single", "one part");
    const where = { Bucket: bucket.name, Key: "parts" };
    const { UploadId } = await target.s3.createMultipartUpload(where);
    const Parts = [];
    for (const [index, Body] of [Buffer.alloc(PART_BYTES, "a"), Buffer.from("bb")].entries()) {
      const PartNumber = index + 1;
      Parts.push({
        PartNumber,
        ETag: (await target.s3.uploadPart({ ...where, UploadId, PartNumber, Body })).ETag,
      });
    }
    await target.s3.completeMultipartUpload({ ...where, UploadId, MultipartUpload: { Parts } });
  });

  it("gives the bytes of that part, and how many there are", async () => {
    const { Body, PartsCount, ContentRange, $metadata } = await bucket.get("parts", { PartNumber: 2 });
    expect(await Body?.transformToString()).to.equal("bb");
    expect(PartsCount).to.equal(2);
    expect(ContentRange).to.equal(`bytes ${PART_BYTES}-${PART_BYTES + 1}/${PART_BYTES + 2}`);
    expect($metadata.httpStatusCode).to.equal(206);
  });

  it("answers HEAD the same way", async () => {
    const { ContentLength, PartsCount } = await bucket.head("parts", { PartNumber: 1 });
    expect({ ContentLength, PartsCount }).to.deep.equal({ ContentLength: PART_BYTES, PartsCount: 2 });
  });

  it("refuses a part that there is not", async () => {
    expect(await refused(bucket.get("parts", { PartNumber: 3 }))).to.include({
      code: "InvalidPartNumber",
      status: 416,
    });
  });

  it("takes an ordinary object for its own first part", async () => {
    expect(await bucket.text("single", { PartNumber: 1 })).to.equal("one part");
  });

  it("refuses a part number together with a range", async () => {
    const refusal = await refused(bucket.get("parts", { PartNumber: 1, Range: "bytes=0-1" }));
    expect(refusal).to.include({ code: "InvalidRequest", status: 400 });
  });

  it("reads a range across the border between parts", async () => {
    const Range = `bytes=${PART_BYTES - 2}-${PART_BYTES}`;
    expect(await bucket.text("parts", { Range })).to.equal("aab");
  });
});
