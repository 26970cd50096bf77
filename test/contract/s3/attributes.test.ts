import type { GetObjectAttributesCommandInput, ObjectAttributes } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload } from "./a-multipart-upload.ts";

const target = useTarget();
const ALL: ObjectAttributes[] = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
describe("contract: GetObjectAttributes", () => {
  const bucket = useBucket(target);
  const ask = (Key: string, more: Partial<GetObjectAttributesCommandInput> = {}) =>
    target.s3.getObjectAttributes({ Bucket: bucket.name, Key, ObjectAttributes: ALL, ...more });

  it("tells etag, checksum, class and size of an object", async () => {
    const { ETag = "", ChecksumCRC32 } = await bucket.put("object", "content");
    const attributes = await ask("object");
    expect(attributes).to.deep.include({
      ETag: ETag.replaceAll('"', ""),
      Checksum: { ChecksumCRC32, ChecksumType: "FULL_OBJECT" },
      ObjectSize: 7,
    });
    expect(attributes.StorageClass ?? "STANDARD").to.equal("STANDARD");
    expect(attributes.ObjectParts).to.equal(undefined);
    expect(+(attributes.LastModified ?? 0)).to.be.closeTo(Date.now(), 300_000);
  });

  it("tells what it is asked for, and only that", async () => {
    await bucket.put("one", "content");
    const {
      $metadata: _,
      LastModified: __,
      ...rest
    } = await ask("one", { ObjectAttributes: ["ObjectSize"] });
    expect(rest).to.deep.equal({ ObjectSize: 7 });
  });

  it("tells parts with their checksums, in pages", async () => {
    const upload = await beginUpload(target, bucket.name, "parts", { ChecksumAlgorithm: "SHA256" });
    const large = "x".repeat(5 * 1024 * 1024);
    for (const [index, body] of [large, large, "last"].entries())
      await upload.part(index + 1, body, { ChecksumAlgorithm: "SHA256" });
    await upload.complete();
    const first = (await ask("parts", { MaxParts: 2 })).ObjectParts;
    expect(first).to.include({ TotalPartsCount: 3, MaxParts: 2, IsTruncated: true });
    expect(first?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([
      [1, large.length],
      [2, large.length],
    ]);
    const PartNumberMarker = String(first?.NextPartNumberMarker);
    const second = (await ask("parts", { MaxParts: 2, PartNumberMarker })).ObjectParts;
    expect(second?.IsTruncated).to.equal(false);
    expect(second?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([[3, 4]]);
    expect(second?.Parts?.[0]?.ChecksumSHA256).to.match(/^[\w+/]{43}=$/);
    expect((await ask("parts")).Checksum?.ChecksumSHA256).to.match(/^[\w+/]{43}=$/);
  });

  it("tells how many parts there are of a full-object checksum, but not the parts", async () => {
    const algorithm = { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const;
    const upload = await beginUpload(target, bucket.name, "whole", algorithm);
    await upload.part(1, "only", { ChecksumAlgorithm: "CRC32" });
    await upload.complete();
    expect((await ask("whole")).ObjectParts).to.deep.equal({ TotalPartsCount: 1 });
  });

  it("refuses what is no attribute, and what is no object", async () => {
    await bucket.put("object", "content");
    expect(await refused(ask("object", { ObjectAttributes: ["Colour" as "ETag"] }))).to.include({
      code: "InvalidArgument",
      status: 400,
    });
    expect(await refused(ask("missing"))).to.include({ code: "NoSuchKey", status: 404 });
  });
});
