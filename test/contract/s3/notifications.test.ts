import { createHash } from "node:crypto";
import { expect } from "chai";
import { sendSigned } from "../signed.ts";
import { useQueue } from "../sqs/a-queue.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { beginUpload } from "./a-multipart-upload.ts";
import { announceTo, nextRecord } from "./announced.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
describe("contract: event messages", () => {
  const bucket = useBucket(target);
  const queue = useQueue(target);
  before(() => announceTo(target, queue, bucket.name));
  const remove = (Key: string) => target.s3.deleteObject({ Bucket: bucket.name, Key });

  it("tell of an upload: where, when, who, and which object", async () => {
    await bucket.put("photos/cat.jpg", "meow");
    const record = await nextRecord(target, queue);
    expect(record).to.include({
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      awsRegion: target.region,
    });
    expect(record.eventVersion).to.match(/^2\.\d+$/);
    expect(record.eventTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(record.userIdentity.principalId).to.be.a("string");
    expect(record.requestParameters.sourceIPAddress).to.be.a("string");
    expect(record.responseElements).to.include.keys("x-amz-request-id", "x-amz-id-2");
    expect(record.s3.s3SchemaVersion).to.equal("1.0");
    expect(record.s3.configurationId).to.be.a("string");
    expect(record.s3.bucket).to.include({ name: bucket.name, arn: `arn:aws:s3:::${bucket.name}` });
    const { sequencer, ...object } = record.s3.object;
    const eTag = createHash("md5").update("meow").digest("hex");
    expect(object).to.deep.equal({ key: "photos/cat.jpg", size: 4, eTag });
    expect(sequencer).to.match(/^[0-9A-F]+$/);
  });

  it("tell of a removal, without size and etag", async () => {
    await remove("photos/cat.jpg");
    const { eventName, s3 } = await nextRecord(target, queue);
    expect(eventName).to.equal("ObjectRemoved:Delete");
    expect(s3.object).to.have.all.keys("key", "sequencer");
  });

  it("tell of a copy", async () => {
    await bucket.put("original");
    await nextRecord(target, queue);
    await target.s3.copyObject({ Bucket: bucket.name, Key: "copied", CopySource: `${bucket.name}/original` });
    const { eventName, s3 } = await nextRecord(target, queue);
    expect(eventName).to.equal("ObjectCreated:Copy");
    expect(s3.object).to.include({ key: "copied", size: 7 });
  });

  it("tell of a multipart upload once it completes", async () => {
    const upload = await beginUpload(target, bucket.name, "multipart");
    await upload.part(1, "part");
    const { ETag } = await upload.complete();
    const { eventName, s3 } = await nextRecord(target, queue);
    expect(eventName).to.equal("ObjectCreated:CompleteMultipartUpload");
    expect(s3.object).to.include({ key: "multipart", size: 4, eTag: ETag?.replaceAll('"', "") });
  });

  const keys: [key: string, encoded: string][] = [
    ["a b.jpg", "a+b.jpg"],
    ["a+b.jpg", "a%2Bb.jpg"],
    ["a@b", "a%40b"],
    ["100%.jpg", "100%25.jpg"],
    ["(1)!*'.jpg", "%281%29%21*%27.jpg"],
    ["fotos/ü ☃.jpg", "fotos/%C3%BC+%E2%98%83.jpg"],
    ["a-b_c.d/e", "a-b_c.d/e"],
  ];
  for (const [key, encoded] of keys) {
    it(`write the key ${key} as ${encoded}`, async () => {
      await bucket.put(key);
      const shown = (await nextRecord(target, queue)).s3.object.key;
      expect(decodeURIComponent(shown.replaceAll("+", " "))).to.equal(key);
      expect(shown.replaceAll("*", "%2A")).to.equal(encoded.replaceAll("*", "%2A"));
    });
  }

  it("put the events of one key in order by their sequencers", async () => {
    const sequencers: string[] = [];
    for (const step of ["put", "put", "delete", "put"]) {
      await (step === "put" ? bucket.put("ordered") : remove("ordered"));
      sequencers.push((await nextRecord(target, queue)).s3.object.sequencer);
    }
    const padded = sequencers.map((text) => text.padStart(40, "0"));
    expect(new Set(padded).size).to.equal(4);
    expect([...padded].sort()).to.deep.equal(padded);
  });

  it("come for each key of a batch deletion, the missing ones too", async () => {
    await bucket.put("batch");
    await nextRecord(target, queue);
    const Objects = [{ Key: "batch" }, { Key: "never-was" }];
    await target.s3.deleteObjects({ Bucket: bucket.name, Delete: { Objects } });
    const seen = [await nextRecord(target, queue), await nextRecord(target, queue)];
    expect(seen.map(({ eventName }) => eventName)).to.deep.equal(Array(2).fill("ObjectRemoved:Delete"));
    expect(seen.map(({ s3 }) => s3.object.key).sort()).to.deep.equal(["batch", "never-was"]);
  });

  it("do not come for what was refused", async () => {
    await bucket.put("refused");
    await nextRecord(target, queue);
    await bucket.put("refused", "x", { IfNoneMatch: "*" }).catch(() => {});
    await bucket.put("marker");
    expect((await nextRecord(target, queue)).s3.object.key).to.equal("marker");
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
describe("contract: events of tags", () => {
  const bucket = useBucket(target);
  const queue = useQueue(target);
  before(() => announceTo(target, queue, bucket.name, ["s3:ObjectTagging:*"]));

  it("tell of tags that are put and deleted: which object, and neither its size nor a sequencer", async () => {
    const { ETag = "" } = await bucket.put("tagged");
    const at = { Bucket: bucket.name, Key: "tagged" };
    await target.s3.putObjectTagging({ ...at, Tagging: { TagSet: [{ Key: "a", Value: "1" }] } });
    const put = await nextRecord(target, queue);
    await target.s3.deleteObjectTagging(at);
    const deleted = await nextRecord(target, queue);
    expect([put, deleted].map(({ eventName }) => eventName)).to.deep.equal([
      "ObjectTagging:Put",
      "ObjectTagging:Delete",
    ]);
    for (const { eventVersion, s3 } of [put, deleted]) {
      expect(eventVersion).to.match(/^2\.([3-9]|\d{2})$/);
      expect(s3.object).to.deep.equal({ key: "tagged", eTag: ETag.replaceAll('"', "") });
    }
  });
});

// https://docs.aws.amazon.com/xray/latest/devguide/xray-services-s3.html
describe("contract: events of traced requests", () => {
  const bucket = useBucket(target);
  const queue = useQueue(target);
  before(() => announceTo(target, queue, bucket.name));

  it("carry the trace header on", async () => {
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    await sendSigned(target, {
      service: "s3",
      method: "PUT",
      path: `/${bucket.name}/traced`,
      headers: { "x-amzn-trace-id": trace },
      body: "x",
    });
    const [message] = await queue.receive({ MessageSystemAttributeNames: ["AWSTraceHeader"] });
    expect(message?.Attributes).to.deep.equal({ AWSTraceHeader: trace });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html (versionId)
describe("contract: event messages of a versioned bucket", () => {
  const bucket = useBucket(target, { versioned: true });
  const queue = useQueue(target);
  before(() => announceTo(target, queue, bucket.name));

  it("tell the version", async () => {
    const { VersionId } = await bucket.put("object");
    expect((await nextRecord(target, queue)).s3.object.versionId).to.equal(VersionId);
  });

  it("tell of delete markers and of deleted versions apart", async () => {
    const { VersionId } = await bucket.put("gone");
    await nextRecord(target, queue);
    const marker = await target.s3.deleteObject({ Bucket: bucket.name, Key: "gone" });
    const created = await nextRecord(target, queue);
    expect(created.eventName).to.equal("ObjectRemoved:DeleteMarkerCreated");
    expect(created.s3.object).to.include({
      versionId: marker.VersionId,
      eTag: "d41d8cd98f00b204e9800998ecf8427e",
    });
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "gone", VersionId });
    const deleted = await nextRecord(target, queue);
    expect(deleted.eventName).to.equal("ObjectRemoved:Delete");
    expect(deleted.s3.object.versionId).to.equal(VersionId);
  });

  it("tell no version of what is put while versioning is suspended: it has none", async () => {
    const VersioningConfiguration = { Status: "Suspended" as const };
    await target.s3.putBucketVersioning({ Bucket: bucket.name, VersioningConfiguration });
    expect((await bucket.put("object")).VersionId).to.equal(undefined);
    expect((await nextRecord(target, queue)).s3.object).not.to.have.property("versionId");
  });
});
