import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();
const KEYS = [
  "a.jpg",
  "photos/2024/a.jpg",
  "photos/2024/b.jpg",
  "photos/2025/a.jpg",
  "photos/x.jpg",
  "photos0",
  "zoo",
];
const keysOf = (contents: { Key?: string | undefined }[] = []) => contents.map(({ Key }) => Key);
const prefixesOf = (prefixes: { Prefix?: string | undefined }[] = []) => prefixes.map(({ Prefix }) => Prefix);

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
describe("contract: ListObjectsV2", () => {
  const bucket = useBucket(target);
  const list = (more: object = {}) => target.s3.listObjectsV2({ Bucket: bucket.name, ...more });
  before(async () => {
    for (const key of KEYS) await bucket.put(key, key);
  });

  it("lists keys in the order of their bytes, with size, etag, time and class", async () => {
    const { Contents = [], KeyCount, IsTruncated, Name, MaxKeys } = await list();
    expect(keysOf(Contents)).to.deep.equal(KEYS);
    expect({ KeyCount, IsTruncated, Name, MaxKeys }).to.deep.equal({
      KeyCount: 7,
      IsTruncated: false,
      Name: bucket.name,
      MaxKeys: 1000,
    });
    const { Size, ETag, StorageClass, LastModified } = Contents[0]!;
    expect({ Size, StorageClass }).to.deep.equal({ Size: 5, StorageClass: "STANDARD" });
    expect(ETag).to.equal((await bucket.head("a.jpg")).ETag);
    expect(LastModified).to.be.instanceOf(Date);
  });

  it("writes times with milliseconds, as in the page's sample", async () => {
    const query = { "list-type": "2" };
    const { text } = await sendSigned(target, {
      service: "s3",
      method: "GET",
      path: `/${bucket.name}`,
      query,
    });
    expect(element("LastModified", text)).to.match(/T\d\d:\d\d:\d\d\.000Z$/);
  });

  it("names owners only when asked", async () => {
    expect((await list()).Contents?.[0]?.Owner).to.equal(undefined);
    expect((await list({ FetchOwner: true })).Contents?.[0]?.Owner?.ID).to.be.a("string");
  });

  const cases: [what: string, input: object, keys: string[], prefixes: string[]][] = [
    ["a prefix", { Prefix: "photos/2024/" }, ["photos/2024/a.jpg", "photos/2024/b.jpg"], []],
    ["a prefix that is a whole key", { Prefix: "zoo" }, ["zoo"], []],
    ["a prefix nothing has", { Prefix: "nothing" }, [], []],
    ["a delimiter", { Delimiter: "/" }, ["a.jpg", "photos0", "zoo"], ["photos/"]],
    [
      "a delimiter under a prefix",
      { Delimiter: "/", Prefix: "photos/" },
      ["photos/x.jpg"],
      ["photos/2024/", "photos/2025/"],
    ],
    [
      "a delimiter under half a name",
      { Delimiter: "/", Prefix: "photos/202" },
      [],
      ["photos/2024/", "photos/2025/"],
    ],
    [
      "a delimiter under a prefix without its slash",
      { Delimiter: "/", Prefix: "photos" },
      ["photos0"],
      ["photos/"],
    ],
    ["a delimiter of several characters", { Delimiter: "os/" }, ["a.jpg", "photos0", "zoo"], ["photos/"]],
    ["a delimiter that no key has", { Delimiter: "!" }, KEYS, []],
    ["an empty delimiter", { Delimiter: "" }, KEYS, []],
    ["a start", { StartAfter: "photos/x.jpg" }, ["photos0", "zoo"], []],
    ["a start that is no key", { StartAfter: "photos/y" }, ["photos0", "zoo"], []],
    ["a start before the prefix", { StartAfter: "a", Prefix: "zoo" }, ["zoo"], []],
    ["a start after everything", { StartAfter: "zzz" }, [], []],
    [
      "a start inside what is rolled up",
      { StartAfter: "photos/2024/a.jpg", Delimiter: "/" },
      ["photos0", "zoo"],
      [],
    ],
  ];
  for (const [what, input, keys, prefixes] of cases) {
    it(`lists with ${what}`, async () => {
      const { Contents, CommonPrefixes, KeyCount } = await list(input);
      expect(keysOf(Contents)).to.deep.equal(keys);
      expect(prefixesOf(CommonPrefixes)).to.deep.equal(prefixes);
      expect(KeyCount).to.equal(keys.length + prefixes.length);
    });
  }

  for (const Delimiter of [undefined, "/"]) {
    for (const MaxKeys of [1, 2, 3, 7]) {
      it(`gives all in pages of ${MaxKeys}, delimiter ${Delimiter ?? "none"}`, async () => {
        const whole = await list({ Delimiter });
        const seen: (string | undefined)[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await list({ Delimiter, MaxKeys, ContinuationToken });
          expect(page.KeyCount).to.be.at.most(MaxKeys);
          expect(page.IsTruncated).to.equal(page.NextContinuationToken !== undefined);
          seen.push(...keysOf(page.Contents), ...prefixesOf(page.CommonPrefixes));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken !== undefined);
        const all = [...keysOf(whole.Contents), ...prefixesOf(whole.CommonPrefixes)];
        expect([...seen].sort()).to.deep.equal([...all].sort());
      });
    }
  }

  it("gives none when none are asked for", async () => {
    const { Contents, IsTruncated, KeyCount } = await list({ MaxKeys: 0 });
    expect({ Contents, IsTruncated, KeyCount }).to.deep.equal({
      Contents: undefined,
      IsTruncated: false,
      KeyCount: 0,
    });
  });

  it("never gives more than 1,000, and says so", async () => {
    expect((await list({ MaxKeys: 5000 })).MaxKeys).to.equal(1000);
  });

  it("echoes what it was asked", async () => {
    const { Prefix, Delimiter, StartAfter, MaxKeys } = await list({
      Prefix: "photos/",
      Delimiter: "/",
      StartAfter: "photos/1",
      MaxKeys: 2,
    });
    expect({ Prefix, Delimiter, StartAfter, MaxKeys }).to.deep.equal({
      Prefix: "photos/",
      Delimiter: "/",
      StartAfter: "photos/1",
      MaxKeys: 2,
    });
  });

  const wrong: Record<string, object> = {
    "a negative page size": { MaxKeys: -1 },
    "a continuation token it did not give": { ContinuationToken: "not a token!" },
    "an empty continuation token": { ContinuationToken: "" },
    "an encoding it does not know": { EncodingType: "base64" },
  };
  for (const [what, input] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await refused(list(input))).to.include({ code: "InvalidArgument", status: 400 });
    });
  }

  it("refuses a bucket that does not exist", async () => {
    const refusal = await refused(target.s3.listObjectsV2({ Bucket: `${bucket.name}-not` }));
    expect(refusal).to.include({ code: "NoSuchBucket", status: 404 });
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
describe("contract: ListObjects", () => {
  const bucket = useBucket(target);
  const list = (more: object = {}) => target.s3.listObjects({ Bucket: bucket.name, ...more });
  before(async () => {
    for (const key of KEYS) await bucket.put(key);
  });

  it("lists keys in order, each with its owner", async () => {
    const { Contents = [], IsTruncated, Marker } = await list();
    expect(keysOf(Contents)).to.deep.equal(KEYS);
    expect(Contents.every(({ Owner }) => typeof Owner?.ID === "string")).to.equal(true);
    expect({ IsTruncated, Marker: Marker ?? "" }).to.deep.equal({ IsTruncated: false, Marker: "" });
  });

  it("starts after the marker", async () => {
    expect(keysOf((await list({ Marker: "photos/x.jpg" })).Contents)).to.deep.equal(["photos0", "zoo"]);
  });

  it("gives no next marker without a delimiter: the last key serves", async () => {
    const { NextMarker, IsTruncated } = await list({ MaxKeys: 2 });
    expect({ NextMarker, IsTruncated }).to.deep.equal({ NextMarker: undefined, IsTruncated: true });
  });

  it("continues with a delimiter from its next marker, and repeats no prefix", async () => {
    const first = await list({ Delimiter: "/", MaxKeys: 2 });
    expect([...keysOf(first.Contents), ...prefixesOf(first.CommonPrefixes)]).to.deep.equal([
      "a.jpg",
      "photos/",
    ]);
    expect(first.NextMarker).to.equal("photos/");
    const second = await list({ Delimiter: "/", Marker: first.NextMarker });
    expect([...keysOf(second.Contents), ...prefixesOf(second.CommonPrefixes)]).to.deep.equal([
      "photos0",
      "zoo",
    ]);
  });
});
