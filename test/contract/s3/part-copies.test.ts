import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload } from "./a-multipart-upload.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
describe("contract: UploadPartCopy", () => {
  const bucket = useBucket(target);
  before(() => bucket.put("source", "0123456789"));

  async function copyPart(more: object = {}) {
    const upload = await beginUpload(target, bucket.name, "copied");
    const CopySource = `${bucket.name}/source`;
    const { CopyPartResult } = await target.s3.uploadPartCopy({
      ...upload.where,
      PartNumber: 1,
      CopySource,
      ...more,
    });
    await upload.complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    return bucket.text("copied");
  }

  it("copies a whole object", async () => {
    expect(await copyPart()).to.equal("0123456789");
  });

  it("copies a range", async () => {
    expect(await copyPart({ CopySourceRange: "bytes=3-5" })).to.equal("345");
  });

  for (const range of ["bytes=3-", "bytes=-3", "3-5", "bytes=5-3"]) {
    it(`refuses the range ${range}`, async () => {
      const refusal = await refused(copyPart({ CopySourceRange: range }));
      expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
    });
  }

  it("refuses a range that goes beyond the source", async () => {
    const refusal = await refused(copyPart({ CopySourceRange: "bytes=0-10" }));
    expect(refusal.status).to.be.oneOf([400, 416]);
    expect(refusal.code).to.be.oneOf(["InvalidRange", "InvalidArgument"]);
  });

  it("says 404 of a missing source", async () => {
    const refusal = await refused(copyPart({ CopySource: `${bucket.name}/missing` }));
    expect(refusal).to.include({ code: "NoSuchKey", status: 404 });
  });

  it("checks the source's conditions", async () => {
    const refusal = await refused(copyPart({ CopySourceIfMatch: '"0123"' }));
    expect(refusal).to.include({ code: "PreconditionFailed", status: 412 });
  });
});
