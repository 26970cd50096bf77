import { expect } from "chai";
import { refused } from "../refused.ts";
import { sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
describe("contract: metadata", () => {
  const bucket = useBucket(target);

  const headers = {
    ContentType: "image/webp",
    CacheControl: "public, max-age=31536000, immutable",
    ContentDisposition: 'inline; filename="a.webp"',
    ContentEncoding: "br",
    ContentLanguage: "en, de",
    WebsiteRedirectLocation: "/elsewhere",
  };
  for (const [name, value] of Object.entries(headers)) {
    it(`keeps ${name}`, async () => {
      await bucket.put(name, "x", { [name]: value });
      expect((await bucket.head(name))[name as keyof typeof headers]).to.equal(value);
    });
  }

  it("keeps the time an object expires", async () => {
    const Expires = new Date("2030-01-02T03:04:05Z");
    await bucket.put("expires", "x", { Expires });
    expect((await bucket.head("expires")).ExpiresString).to.equal("Wed, 02 Jan 2030 03:04:05 GMT");
  });

  it("calls bytes of unknown type binary/octet-stream", async () => {
    const path = `/${bucket.name}/untyped`;
    await sendSigned(target, { service: "s3", method: "PUT", path, body: "x" });
    expect((await bucket.head("untyped")).ContentType).to.equal("binary/octet-stream");
  });

  it("lowers the case of user metadata's names and keeps their values", async () => {
    await bucket.put("user", "x", {
      Metadata: { "Camel-Case": "Value With  Case", empty: "", "a.b_c": "1" },
    });
    expect((await bucket.head("user")).Metadata).to.deep.equal({
      "camel-case": "Value With  Case",
      empty: "",
      "a.b_c": "1",
    });
  });

  it("takes two kilobytes of user metadata and refuses more", async () => {
    await bucket.put("meta-full", "x", { Metadata: { name: "v".repeat(2044) } });
    const refusal = await refused(bucket.put("meta-more", "x", { Metadata: { name: "v".repeat(2045) } }));
    expect(refusal).to.include({ code: "MetadataTooLarge", status: 400 });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
describe("contract: metadata that is not ASCII", () => {
  const bucket = useBucket(target);
  const cases: [sent: string, told: string][] = [
    ["=?UTF-8?Q?plain_text?=", "plain text"],
    ["=?UTF-8?B?YWJj?=", "abc"],
    ["=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="],
    ["=?UTF-8?Q?=C3=84_=3D_a=5Fb=3F_?=", "=?UTF-8?Q?=C3=84_=3D_a=5Fb=3F_?="],
    ["=?UTF-8?B?77+977+977+9?=", "=?UTF-8?B?77+977+977+9?="],
    ["=?UTF-8?Q?=E4=B8=96=E7=95=8C?=", "=?UTF-8?B?5LiW55WM?="],
  ];
  for (const [sent, told] of cases) {
    it(`is told as ${told} where ${sent} was sent`, async () => {
      await bucket.put("object", "x", { Metadata: { text: sent } });
      expect((await bucket.head("object")).Metadata).to.deep.equal({ text: told });
    });
  }
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
describe("contract: object tags", () => {
  const bucket = useBucket(target);
  const tag = (Key: string, tags: Record<string, string>) =>
    target.s3.putObjectTagging({
      Bucket: bucket.name,
      Key,
      Tagging: { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
    });
  const tagsOf = async (Key: string) => {
    const { TagSet = [] } = await target.s3.getObjectTagging({ Bucket: bucket.name, Key });
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
  };

  it("tell no version where there are none", async () => {
    await bucket.put("plain");
    expect((await tag("plain", { a: "b" })).VersionId).to.equal(undefined);
  });

  it("come with the upload, encoded as a query", async () => {
    await bucket.put("with", "x", { Tagging: "colour=dark%20blue&empty=&a%2Bb=%2F" });
    expect(await tagsOf("with")).to.deep.equal({ colour: "dark blue", empty: "", "a+b": "/" });
    expect((await bucket.head("with")).TagCount).to.equal(3);
  });

  it("are none without any", async () => {
    await bucket.put("none");
    expect(await tagsOf("none")).to.deep.equal({});
    expect((await bucket.head("none")).TagCount).to.equal(undefined);
  });

  it("are replaced as a whole, and deleted", async () => {
    await bucket.put("set", "x", { Tagging: "a=1" });
    await tag("set", { b: "2", c: "3" });
    expect(await tagsOf("set")).to.deep.equal({ b: "2", c: "3" });
    const { $metadata } = await target.s3.deleteObjectTagging({ Bucket: bucket.name, Key: "set" });
    expect($metadata.httpStatusCode).to.equal(204);
    expect(await tagsOf("set")).to.deep.equal({});
  });

  it("change neither the etag nor the time of the object", async () => {
    await bucket.put("unchanged");
    const before = await bucket.head("unchanged");
    await tag("unchanged", { a: "1" });
    const after = await bucket.head("unchanged");
    expect([after.ETag, after.LastModified]).to.deep.equal([before.ETag, before.LastModified]);
  });

  it("go when the object is replaced", async () => {
    await bucket.put("overwritten", "x", { Tagging: "a=1" });
    await bucket.put("overwritten", "y");
    expect(await tagsOf("overwritten")).to.deep.equal({});
  });

  it("refuse a missing key", async () => {
    expect(await refused(tag("missing", { a: "1" }))).to.include({ code: "NoSuchKey", status: 404 });
    expect((await refused(tagsOf("missing"))).code).to.equal("NoSuchKey");
  });

  it("are at most ten", async () => {
    await bucket.put("many");
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, "v"]));
    await tag("many", many(10));
    expect(await refused(tag("many", many(11)))).to.include({ code: "BadRequest", status: 400 });
  });

  it("have keys of 128 characters and values of 256 at most", async () => {
    await bucket.put("long");
    await tag("long", { ["k".repeat(128)]: "v".repeat(256) });
    expect((await refused(tag("long", { ["k".repeat(129)]: "v" }))).code).to.equal("InvalidTag");
    expect((await refused(tag("long", { k: "v".repeat(257) }))).code).to.equal("InvalidTag");
  });

  it("have distinct keys", async () => {
    await bucket.put("distinct");
    const TagSet = [
      { Key: "a", Value: "1" },
      { Key: "a", Value: "2" },
    ];
    const put = target.s3.putObjectTagging({ Bucket: bucket.name, Key: "distinct", Tagging: { TagSet } });
    expect(await refused(put)).to.include({ code: "InvalidTag", status: 400 });
    expect((await refused(bucket.put("distinct", "x", { Tagging: "a=1&a=2" }))).code).to.equal(
      "InvalidArgument",
    );
  });

  it("may not begin with aws:", async () => {
    await bucket.put("reserved");
    expect((await refused(tag("reserved", { "aws:mine": "1" }))).code).to.equal("InvalidTag");
  });
});
