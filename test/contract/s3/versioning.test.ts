import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/manage-versioning-examples.html
describe("contract: a bucket's versioning", () => {
  const bucket = useBucket(target);
  const set = (Status: string) =>
    target.s3.putBucketVersioning({
      Bucket: bucket.name,
      VersioningConfiguration: { Status: Status as "Enabled" },
    });

  it("is not set at first, then what it was last set to", async () => {
    const status = async () => (await target.s3.getBucketVersioning({ Bucket: bucket.name })).Status;
    expect(await status()).to.equal(undefined);
    await set("Enabled");
    expect(await status()).to.equal("Enabled");
    await set("Suspended");
    expect(await status()).to.equal("Suspended");
  });

  it("cannot be disabled again", async () => {
    expect(await refused(set("Disabled"))).to.include({ code: "MalformedXML", status: 400 });
  });

  it("gives the objects from before it the version null", async () => {
    await bucket.put("before", "old");
    await set("Enabled");
    const { VersionId } = await bucket.put("before", "new");
    expect((await bucket.head("before", { VersionId: "null" })).VersionId).to.equal("null");
    expect(await bucket.text("before", { VersionId: "null" })).to.equal("old");
    expect(await bucket.text("before", { VersionId })).to.equal("new");
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
describe("contract: versions", () => {
  const bucket = useBucket(target, { versioned: true });
  const remove = (Key: string, VersionId?: string) =>
    target.s3.deleteObject({ Bucket: bucket.name, Key, VersionId });

  it("are all kept and can all be read", async () => {
    const first = await bucket.put("kept", "first");
    const second = await bucket.put("kept", "second");
    expect(first.VersionId).not.to.equal(second.VersionId);
    expect(await bucket.text("kept")).to.equal("second");
    expect(await bucket.text("kept", { VersionId: first.VersionId })).to.equal("first");
    expect((await bucket.head("kept")).VersionId).to.equal(second.VersionId);
  });

  it("are kept of equal bytes too", async () => {
    const first = await bucket.put("equal");
    const second = await bucket.put("equal");
    expect(first.ETag).to.equal(second.ETag);
    expect(first.VersionId).not.to.equal(second.VersionId);
  });

  it("hide behind a delete marker", async () => {
    const { VersionId } = await bucket.put("hidden");
    const deleted = await remove("hidden");
    expect(deleted.DeleteMarker).to.equal(true);
    expect(deleted.VersionId).to.be.a("string").and.not.equal(VersionId);
    const refusal = await refused(bucket.get("hidden"));
    expect(refusal).to.include({ code: "NoSuchKey", status: 404 });
    expect(refusal.headers).to.include({
      "x-amz-delete-marker": "true",
      "x-amz-version-id": deleted.VersionId,
    });
    expect(await bucket.text("hidden", { VersionId })).to.equal("content");
  });

  it("are not listed when a marker hides them", async () => {
    await bucket.put("unlisted");
    await remove("unlisted");
    const { KeyCount } = await target.s3.listObjectsV2({ Bucket: bucket.name, Prefix: "unlisted" });
    expect(KeyCount).to.equal(0);
  });

  it("come back when the marker is deleted", async () => {
    await bucket.put("back");
    const { VersionId } = await remove("back");
    const gone = await remove("back", VersionId);
    expect(gone).to.include({ DeleteMarker: true, VersionId });
    expect(await bucket.text("back")).to.equal("content");
  });

  it("are gone for good when named, and the one before is current", async () => {
    const first = await bucket.put("named", "first");
    const second = await bucket.put("named", "second");
    const gone = await remove("named", second.VersionId);
    expect(gone.VersionId).to.equal(second.VersionId);
    expect(gone.DeleteMarker).to.equal(undefined);
    expect(await bucket.text("named")).to.equal("first");
    expect((await refused(bucket.get("named", { VersionId: second.VersionId }))).status).to.equal(404);
    await remove("named", first.VersionId);
    expect((await refused(bucket.get("named"))).status).to.equal(404);
  });

  it("say NoSuchVersion once they are gone", async () => {
    const { VersionId } = await bucket.put("was");
    await remove("was", VersionId);
    expect(await refused(bucket.get("was", { VersionId }))).to.include({
      code: "NoSuchVersion",
      status: 404,
    });
  });

  it("refuse an id that is none", async () => {
    await bucket.put("bad-id");
    const refusal = await refused(bucket.get("bad-id", { VersionId: "not-a-version" }));
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
  });

  it("cannot be read when they are delete markers", async () => {
    await bucket.put("marker");
    const { VersionId } = await remove("marker");
    const refusal = await refused(bucket.get("marker", { VersionId }));
    expect(refusal).to.include({ code: "MethodNotAllowed", status: 405 });
    expect(refusal.headers).to.include({ "x-amz-delete-marker": "true", allow: "DELETE" });
    expect((await refused(bucket.head("marker", { VersionId }))).status).to.equal(405);
  });

  it("get a marker even for a key that never was", async () => {
    const { DeleteMarker, VersionId } = await remove("never");
    expect(DeleteMarker).to.equal(true);
    await remove("never", VersionId);
  });

  it("may be created with If-None-Match when only a marker is there", async () => {
    await bucket.put("recreated", "first");
    await remove("recreated");
    await bucket.put("recreated", "second", { IfNoneMatch: "*" });
    expect(await bucket.text("recreated")).to.equal("second");
  });

  it("are restored by copying one onto its own key", async () => {
    const { VersionId } = await bucket.put("restored", "first");
    await bucket.put("restored", "second");
    const CopySource = `${bucket.name}/restored?versionId=${VersionId}`;
    const copy = await target.s3.copyObject({ Bucket: bucket.name, Key: "restored", CopySource });
    expect(copy.CopySourceVersionId).to.equal(VersionId);
    expect(await bucket.text("restored")).to.equal("first");
  });

  it("are deleted by DeleteObjects when named, marked when not", async () => {
    const { VersionId } = await bucket.put("batch");
    const remove = (Objects: { Key: string; VersionId?: string | undefined }[]) =>
      target.s3.deleteObjects({ Bucket: bucket.name, Delete: { Objects } });
    const marked = (await remove([{ Key: "batch" }])).Deleted?.[0];
    expect(marked).to.include({ Key: "batch", DeleteMarker: true });
    const { Deleted = [] } = await remove([
      { Key: "batch", VersionId },
      { Key: "batch", VersionId: marked?.DeleteMarkerVersionId },
    ]);
    expect(Deleted.find((one) => one.VersionId === VersionId)).to.deep.equal({ Key: "batch", VersionId });
    expect(Deleted.find((one) => one.DeleteMarker)?.DeleteMarkerVersionId).to.equal(
      marked?.DeleteMarkerVersionId,
    );
    const { Versions, DeleteMarkers } = await target.s3.listObjectVersions({
      Bucket: bucket.name,
      Prefix: "batch",
    });
    expect([Versions, DeleteMarkers]).to.deep.equal([undefined, undefined]);
  });

  it("may be deleted when they do not exist", async () => {
    const { VersionId } = await bucket.put("twice");
    await remove("twice", VersionId);
    expect((await remove("twice", VersionId)).$metadata.httpStatusCode).to.equal(204);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
describe("contract: suspended versioning", () => {
  const bucket = useBucket(target, { versioned: true });
  let first: string | undefined;
  before(async () => {
    first = (await bucket.put("object", "first")).VersionId;
    await target.s3.putBucketVersioning({
      Bucket: bucket.name,
      VersioningConfiguration: { Status: "Suspended" },
    });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html (x-amz-version-id)
  it("tells which version tags are of", async () => {
    const { VersionId } = await target.s3.getObjectTagging({ Bucket: bucket.name, Key: "object" });
    expect(VersionId).to.equal(first);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html (x-amz-version-id)
  it("tells the version null of a copy", async () => {
    const where = { Bucket: bucket.name, Key: "object", CopySource: `${bucket.name}/object` };
    const { VersionId } = await target.s3.copyObject({ ...where, MetadataDirective: "REPLACE" });
    expect(VersionId).to.equal("null");
  });

  it("replaces the version null and keeps the others", async () => {
    await bucket.put("object", "second");
    await bucket.put("object", "third");
    expect(await bucket.text("object")).to.equal("third");
    expect(await bucket.text("object", { VersionId: "null" })).to.equal("third");
    expect(await bucket.text("object", { VersionId: first })).to.equal("first");
  });

  it("puts a marker with the id null in the place of the version null", async () => {
    const { DeleteMarker, VersionId } = await target.s3.deleteObject({ Bucket: bucket.name, Key: "object" });
    expect({ DeleteMarker, VersionId }).to.deep.equal({ DeleteMarker: true, VersionId: "null" });
    const { Versions = [], DeleteMarkers = [] } = await target.s3.listObjectVersions({ Bucket: bucket.name });
    expect(Versions.map((version) => version.VersionId)).to.deep.equal([first]);
    expect(DeleteMarkers.map((marker) => marker.VersionId)).to.deep.equal(["null"]);
  });
});
