import { expect } from "chai";
import fc from "fast-check";
import { openEnvelope } from "../../../worker/batch/envelope.ts";
import { s3Event, s3Record } from "../../support/records.ts";

const open = (content: unknown) =>
  openEnvelope(typeof content === "string" ? content : JSON.stringify(content), "uploads");

function anEventBridgeEvent(detailType: string, key: string, bucket = "uploads") {
  return {
    version: "0",
    source: "aws.s3",
    "detail-type": detailType,
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: { key, etag: "e", sequencer: "617f08299329d189" },
    },
  };
}

describe("openEnvelope", () => {
  it("reads every record of an S3 event", () => {
    expect(open(s3Event("a.jpg", "b.jpg")).keys).to.deep.equal(["a.jpg", "b.jpg"]);
  });

  for (const eventName of ["ObjectCreated:CompleteMultipartUpload", "ObjectRemoved:DeleteMarkerCreated"]) {
    it(`takes ${eventName} for a hint to look`, () => {
      expect(open({ Records: [s3Record("a.jpg", { eventName })] }).keys).to.deep.equal(["a.jpg"]);
    });
  }

  it("decodes keys the way S3 encodes them", () => {
    const keys = ["a b+c.jpg", "日本/ß%20.jpg", "100%.png", "🐈.webp", "a/../b.jpg", "x\u0000\r\ny.jpg"];

    expect(open(s3Event(...keys)).keys).to.deep.equal(keys);
  });

  it("gets back every key that S3 could send", () => {
    const key = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.endsWith("/"));

    fc.assert(
      fc.property(key, (text) => {
        expect(open(s3Event(text)).keys).to.deep.equal([text]);
      }),
      { seed: 1 },
    );
  });

  it("takes the keys of EventBridge as they are", () => {
    const event = anEventBridgeEvent("Object Created", "a+b %zz.jpg");

    expect(open(event).keys).to.deep.equal(["a+b %zz.jpg"]);
  });

  it("reads removals from EventBridge too", () => {
    expect(open(anEventBridgeEvent("Object Deleted", "a.jpg")).keys).to.deep.equal(["a.jpg"]);
  });

  it("unwraps SNS notifications", () => {
    const notification = { Type: "Notification", TopicArn: "arn", Message: s3Event("a b.jpg") };

    expect(open(notification).keys).to.deep.equal(["a b.jpg"]);
  });

  it("unwraps a test event sent through SNS", () => {
    const notification = { Type: "Notification", Message: JSON.stringify({ Event: "s3:TestEvent" }) };

    expect(open(notification).ignored).to.equal("TEST_EVENT");
  });

  it("reads the keys an operator sends, and remembers who asked", () => {
    const contents = open({ darkroom: "reconcile", keys: ["a b.jpg", "a+b.jpg"], run: "2026-01" });

    expect(contents).to.deep.equal({ keys: ["a b.jpg", "a+b.jpg"], isRequested: true });
  });

  it("names each key once", () => {
    expect(open(s3Event("a.jpg", "a.jpg")).keys).to.deep.equal(["a.jpg"]);
  });

  it("ignores folders", () => {
    expect(open(s3Event("photos/"))).to.deep.equal({ keys: [], ignored: "IGNORED", isRequested: false });
    expect(open(s3Event("photos/", "a.jpg")).keys).to.deep.equal(["a.jpg"]);
  });

  it("lets unknown fields, missing version ids and IPv6 addresses pass", () => {
    const record = s3Record("a.jpg", {
      eventVersion: "2.99",
      requestParameters: { sourceIPAddress: "2001:db8::1" },
      somethingNew: { nested: true },
    });
    Object.assign(record.s3.object, { versionId: null });

    expect(open({ Records: [record] })).to.deep.equal({ keys: ["a.jpg"], isRequested: false });
  });

  const malformed: [string, unknown, string][] = [
    ["text", "not JSON at all", "Expected an S3 event"],
    ["nothing", "", "Expected an S3 event"],
    ["null", null, "received null"],
    ["another object", { hello: "world" }, "Expected an S3 event"],
    ["no records", { Records: [] }, "Expected an S3 event"],
    ["an SNS subscription", { Type: "SubscriptionConfirmation", Message: "…" }, "Expected an S3 event"],
    ["a record that is none", { Records: ["text"] }, 'received "text"'],
    ["another service's record", { Records: [{ ...s3Record("a"), eventSource: "aws:sns" }] }, "eventSource"],
    ["a record of version 3", { Records: [s3Record("a", { eventVersion: "3.0" })] }, '"3.0"'],
    [
      "a record without a key",
      { Records: [s3Record("a", { s3: { bucket: { name: "uploads" } } })] },
      "s3.object",
    ],
    ["a reconcile request without keys", { darkroom: "reconcile" }, "Expected an S3 event"],
    ["a key that is not encoded", s3Event("a").replace('"key":"a"', '"key":"%zz"'), '"%zz"'],
    [
      "another bucket",
      { Records: [s3Record("a", { s3: { bucket: { name: "other" }, object: { key: "a" } } })] },
      '"other"',
    ],
    ["another bucket, by EventBridge", anEventBridgeEvent("Object Created", "a", "other"), '"other"'],
  ];
  for (const [what, content, words] of malformed) {
    it(`refuses ${what}`, () => {
      const { keys, failure } = open(content);

      expect(keys).to.deep.equal([]);
      expect(failure?.code).to.equal("MESSAGE_MALFORMED");
      expect(failure?.message).to.include(words);
    });
  }

  it("still reads the good records beside a bad one", () => {
    const { keys, failure } = open({ Records: [s3Record("a.jpg"), {}, s3Record("b.jpg")] });

    expect(keys).to.deep.equal(["a.jpg", "b.jpg"]);
    expect(failure?.code).to.equal("MESSAGE_MALFORMED");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        const { keys, failure, ignored } = openEnvelope(body, "uploads");
        expect(keys.length > 0 || failure !== undefined || ignored !== undefined).to.equal(true);
      }),
      { seed: 1 },
    );
  });
});
