import { expect } from "chai";
import { element, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();
const KEYS = [
  "space and  two",
  "plus+plus",
  "percent%20percent%",
  "question?mark&and=equals",
  "hash#tag",
  "quotes'\"`",
  "angle<brackets>",
  "back\\slash",
  "colon:semi;comma,",
  "(brackets)[]{}!*~$@|^",
  "umlauts äöü ß",
  "combining e\u0301 is not é",
  "emoji 🎞️/🏔.jpg",
  "cjk 写真.jpg",
  "../up/./and/down",
  "double//slash",
  "trailing/",
  " surrounded ",
  "line\nbreak",
  "tab\tbed",
  "control\u0001\u001f",
  "\u{10FFFF}last",
  `${"long/".repeat(200)}end`,
];

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
describe("contract: hostile keys", () => {
  const bucket = useBucket(target);

  for (const key of KEYS) {
    const shown = JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}…` : key);
    it(`puts, reads, heads, lists, copies and deletes ${shown}`, async () => {
      const where = { Bucket: bucket.name, Key: key };
      await bucket.put(key, `of ${key}`);
      expect(await bucket.text(key)).to.equal(`of ${key}`);
      const { Contents = [] } = await target.s3.listObjectsV2({
        Bucket: bucket.name,
        Prefix: key,
        EncodingType: "url",
      });
      expect(Contents.map(({ Key = "" }) => decoded(Key))).to.deep.equal([key]);
      const CopySource = `${bucket.name}/${encodeURIComponent(key)}`;
      await target.s3.copyObject({ ...where, CopySource, MetadataDirective: "REPLACE" });
      await target.s3.deleteObject(where);
      expect((await target.s3.listObjectsV2({ Bucket: bucket.name, Prefix: key })).KeyCount).to.equal(0);
    });
  }
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html (encoding-type)
describe("contract: listing with encoding-type=url", () => {
  const bucket = useBucket(target);
  const list = (more: object = {}) =>
    target.s3.listObjectsV2({ Bucket: bucket.name, EncodingType: "url", ...more });
  before(async () => {
    for (const key of ["test_file(3).png", "a+b/c", "ü", "order/\uFFFD", "order/😀"]) await bucket.put(key);
  });

  it("encodes every key, slashes kept", async () => {
    const { Contents = [], EncodingType } = await list();
    expect(EncodingType).to.equal("url");
    expect(Contents.map(({ Key }) => Key)).to.deep.equal([
      "a%2Bb/c",
      "order/%EF%BF%BD",
      "order/%F0%9F%98%80",
      "test_file%283%29.png",
      "%C3%BC",
    ]);
  });

  it("encodes prefixes and what it was asked", async () => {
    const { CommonPrefixes, Prefix, StartAfter } = await list({
      Prefix: "a+b",
      Delimiter: "/",
      StartAfter: "a(",
    });
    expect(CommonPrefixes).to.deep.equal([{ Prefix: "a%2Bb/" }]);
    expect({ Prefix, StartAfter }).to.deep.equal({ Prefix: "a%2Bb", StartAfter: "a%28" });
  });

  it("continues pages at keys that must be encoded", async () => {
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 1, ContinuationToken });
      seen.push(...(page.Contents ?? []).map(({ Key = "" }) => decoded(Key)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(seen).to.deep.equal(["a+b/c", "order/\uFFFD", "order/😀", "test_file(3).png", "ü"]);
  });

  it("writes control characters as XML references where nothing encodes them", async () => {
    await bucket.put("bell\u0007");
    const query = { "list-type": "2", prefix: "bell" };
    const { text } = await sendSigned(target, {
      service: "s3",
      method: "GET",
      path: `/${bucket.name}`,
      query,
    });
    expect(element("Key", text)).to.equal("bell&#x7;");
  });
});

/** As an HTML form: what decodes S3's listings in every client. */
function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
