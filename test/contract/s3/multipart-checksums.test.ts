import { createHash } from "node:crypto";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload, MIN_PART_BYTES } from "./a-multipart-upload.ts";

const target = useTarget();
const BIG = Buffer.alloc(MIN_PART_BYTES, "a");
const sha256 = (data: string | Uint8Array) => createHash("sha256").update(data).digest();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html (full object and composite)
describe("contract: checksums of multipart uploads", () => {
  const bucket = useBucket(target);
  const begin = (key: string, more: object = {}) => beginUpload(target, bucket.name, key, more);

  it("are composite by default: the checksum of the parts' checksums", async () => {
    const upload = await begin("composite", { ChecksumAlgorithm: "SHA256" });
    await upload.part(1, BIG, { ChecksumAlgorithm: "SHA256" });
    await upload.part(2, "tail", { ChecksumAlgorithm: "SHA256" });
    const { ChecksumSHA256, ChecksumType } = await upload.complete();
    const expected = sha256(Buffer.concat([sha256(BIG), sha256("tail")])).toString("base64");
    expect({ ChecksumSHA256, ChecksumType }).to.deep.equal({
      ChecksumSHA256: `${expected}-2`,
      ChecksumType: "COMPOSITE",
    });
    const head = await bucket.head("composite", { ChecksumMode: "ENABLED" });
    expect(head.ChecksumSHA256).to.equal(`${expected}-2`);
  });

  it("refuse a part's checksum of another algorithm", async () => {
    const upload = await begin("another", { ChecksumAlgorithm: "CRC32" });
    const { ETag } = await upload.part(1, "only", { ChecksumAlgorithm: "CRC32" });
    const ChecksumSHA256 = sha256("only").toString("base64");
    const answer = await refused(upload.complete([{ PartNumber: 1, ETag, ChecksumSHA256 }]));
    expect(answer).to.include({ code: "BadDigest", status: 400 });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (ChecksumMode, partNumber)
  it("are each part's own where a part is read of a composite one", async () => {
    const upload = await begin("read", { ChecksumAlgorithm: "SHA256" });
    await upload.part(1, BIG, { ChecksumAlgorithm: "SHA256" });
    await upload.part(2, "tail", { ChecksumAlgorithm: "SHA256" });
    await upload.complete();
    const { ChecksumSHA256, ChecksumType } = await bucket.head("read", {
      PartNumber: 2,
      ChecksumMode: "ENABLED",
    });
    expect({ ChecksumSHA256, ChecksumType }).to.deep.equal({
      ChecksumSHA256: sha256("tail").toString("base64"),
      ChecksumType: "COMPOSITE",
    });
  });

  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    it(`may be of the whole object for ${ChecksumAlgorithm}`, async () => {
      const member = `Checksum${ChecksumAlgorithm}` as const;
      const upload = await begin(ChecksumAlgorithm, { ChecksumAlgorithm, ChecksumType: "FULL_OBJECT" });
      await upload.part(1, BIG, { ChecksumAlgorithm });
      await upload.part(2, "tail", { ChecksumAlgorithm });
      const done = await upload.complete();
      const whole = await bucket.put("whole", Buffer.concat([BIG, Buffer.from("tail")]), {
        ChecksumAlgorithm,
      });
      expect(done[member]).to.equal(whole[member]);
      expect(done.ChecksumType).to.equal("FULL_OBJECT");
      const part = await bucket.head(ChecksumAlgorithm, { PartNumber: 2, ChecksumMode: "ENABLED" });
      expect(part[member]).to.equal(undefined);
    });
  }

  const incompatible: [algorithm: string | undefined, type: string][] = [
    ["CRC64NVME", "COMPOSITE"],
    ["SHA1", "FULL_OBJECT"],
    ["SHA256", "FULL_OBJECT"],
    [undefined, "FULL_OBJECT"],
  ];
  for (const [ChecksumAlgorithm, ChecksumType] of incompatible) {
    it(`refuse ${ChecksumType} with ${ChecksumAlgorithm ?? "no algorithm"}`, async () => {
      const refusal = await refused(begin("incompatible", { ChecksumAlgorithm, ChecksumType }));
      expect(refusal).to.include({ code: "InvalidRequest", status: 400 });
    });
  }

  it("refuse an algorithm that there is not", async () => {
    const refusal = await refused(begin("unknown", { ChecksumAlgorithm: "CRC128" }));
    expect(refusal).to.include({ code: "InvalidRequest", status: 400 });
  });

  it("refuse a part with another algorithm", async () => {
    const upload = await begin("mixed", { ChecksumAlgorithm: "SHA256" });
    const refusal = await refused(upload.part(1, "x", { ChecksumAlgorithm: "CRC32" }));
    expect(refusal).to.include({ code: "InvalidRequest", status: 400 });
  });

  it("refuse a part listed with another checksum", async () => {
    const upload = await begin("listed", { ChecksumAlgorithm: "SHA256" });
    const { ETag } = await upload.part(1, "x", { ChecksumAlgorithm: "SHA256" });
    const ChecksumSHA256 = sha256("other").toString("base64");
    expect(await refused(upload.complete([{ PartNumber: 1, ETag, ChecksumSHA256 }]))).to.include({
      code: "InvalidPart",
      status: 400,
    });
  });

  it("refuse a composite's part listed without its checksum", async () => {
    const upload = await begin("unlisted", { ChecksumAlgorithm: "SHA256" });
    const { ETag } = await upload.part(1, "x", { ChecksumAlgorithm: "SHA256" });
    expect(await refused(upload.complete([{ PartNumber: 1, ETag }]))).to.include({
      code: "InvalidRequest",
      status: 400,
    });
  });

  it("refuse another checksum of the whole than announced", async () => {
    const upload = await begin("announced", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    await upload.part(1, "x", { ChecksumAlgorithm: "CRC32" });
    const refusal = await refused(
      upload.complete(undefined, { ChecksumCRC32: "AAAAAA==", ChecksumType: "FULL_OBJECT" }),
    );
    expect(refusal).to.include({ code: "BadDigest", status: 400 });
  });

  it("take the checksum of the whole that is announced, which is not that of the request's own document", async () => {
    const upload = await begin("right", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const { ChecksumCRC32 } = await upload.part(1, "x", { ChecksumAlgorithm: "CRC32" });
    const done = await upload.complete(undefined, { ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
    expect(done.ChecksumCRC32).to.equal(ChecksumCRC32);
  });

  it("refuse another type than they began with", async () => {
    const upload = await begin("type", { ChecksumAlgorithm: "CRC32" });
    await upload.part(1, "x", { ChecksumAlgorithm: "CRC32" });
    expect(await refused(upload.complete(undefined, { ChecksumType: "FULL_OBJECT" }))).to.include({
      code: "InvalidRequest",
      status: 400,
    });
  });

  it("are listed with the parts", async () => {
    const upload = await begin("list", { ChecksumAlgorithm: "SHA256" });
    await upload.part(1, "x", { ChecksumAlgorithm: "SHA256" });
    const { ChecksumAlgorithm, ChecksumType, Parts } = await target.s3.listParts(upload.where);
    expect({ ChecksumAlgorithm, ChecksumType }).to.deep.equal({
      ChecksumAlgorithm: "SHA256",
      ChecksumType: "COMPOSITE",
    });
    expect(Parts?.[0]?.ChecksumSHA256).to.equal(sha256("x").toString("base64"));
  });
});
