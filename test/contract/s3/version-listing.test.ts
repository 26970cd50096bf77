import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
describe("contract: ListObjectVersions", () => {
  const bucket = useBucket(target, { versioned: true });
  const list = (more: object = {}) => target.s3.listObjectVersions({ Bucket: bucket.name, ...more });
  before(async () => {
    for (const key of ["a", "b/1", "b/1", "b/2", "c"]) await bucket.put(key);
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "c" });
  });

  it("lists versions newest first within a key, and markers apart", async () => {
    const { Versions = [], DeleteMarkers = [] } = await list();
    expect(Versions.map(({ Key, IsLatest }) => [Key, IsLatest])).to.deep.equal([
      ["a", true],
      ["b/1", true],
      ["b/1", false],
      ["b/2", true],
      ["c", false],
    ]);
    expect(DeleteMarkers.map(({ Key, IsLatest }) => [Key, IsLatest])).to.deep.equal([["c", true]]);
  });

  it("rolls keys up at a delimiter", async () => {
    const { Versions = [], CommonPrefixes } = await list({ Delimiter: "/" });
    expect(Versions.map(({ Key }) => Key)).to.deep.equal(["a", "c"]);
    expect(CommonPrefixes).to.deep.equal([{ Prefix: "b/" }]);
  });

  it("lists under a prefix", async () => {
    expect((await list({ Prefix: "b/" })).Versions).to.have.length(3);
  });

  for (const MaxKeys of [1, 2, 4]) {
    it(`gives every version once in pages of ${MaxKeys}`, async () => {
      const seen: (string | undefined)[] = [];
      let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
      for (;;) {
        const page = await list({ MaxKeys, ...next });
        seen.push(...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map((one) => one.VersionId));
        if (!page.IsTruncated) break;
        next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } as typeof next;
      }
      expect(seen).to.have.length(6);
      expect(new Set(seen).size).to.equal(6);
    });
  }

  it("refuses a version marker without a key marker", async () => {
    expect(await refused(list({ VersionIdMarker: "null" }))).to.include({
      code: "InvalidArgument",
      status: 400,
    });
  });

  it("goes on after a version that was deleted meanwhile", async () => {
    const Key = "page by page";
    for (let index = 0; index < 5; index += 1) await bucket.put(Key);
    const seen: (string | undefined)[] = [];
    let next: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await list({ Prefix: Key, MaxKeys: 2, ...next });
      seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      await target.s3.deleteObject({ Bucket: bucket.name, Key, VersionId: seen.at(-1) });
      if (!page.IsTruncated) break;
      next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } as typeof next;
    }
    expect(seen).to.have.length(5);
    expect(new Set(seen).size).to.equal(5);
  });

  it("shows times in whole seconds", async () => {
    for (const { LastModified } of (await list()).Versions ?? [])
      expect(LastModified?.getUTCMilliseconds()).to.equal(0);
  });

  it("gives unversioned objects the id null", async () => {
    const where = { Bucket: bucket.name };
    await target.s3.putBucketVersioning({ ...where, VersioningConfiguration: { Status: "Suspended" } });
    await bucket.put("unversioned");
    const { Versions } = await list({ Prefix: "unversioned" });
    expect(Versions?.[0]?.VersionId).to.equal("null");
  });
});
