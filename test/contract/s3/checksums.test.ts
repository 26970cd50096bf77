import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, type RawResponse, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();
const BODY = "check me";
const ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;
const SHA256 = createHash("sha256").update(BODY).digest("base64");
const MD5 = createHash("md5").update(BODY).digest("base64");
const CRC32 = crc32Of(BODY);

function crc32Of(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString("base64");
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
describe("contract: checksums", () => {
  const bucket = useBucket(target);
  const put = (key: string, headers: Record<string, string>, body: string | Uint8Array = BODY) =>
    sendSigned(target, { service: "s3", method: "PUT", path: `/${bucket.name}/${key}`, headers, body });
  const says = ({ status, text }: RawResponse) => [status, element("Code", text)];

  it("checks and keeps the CRC32 that the SDK sends by default", async () => {
    const { ChecksumCRC32, ChecksumType } = await bucket.put("default", BODY);
    expect({ ChecksumCRC32, ChecksumType }).to.deep.equal({
      ChecksumCRC32: CRC32,
      ChecksumType: "FULL_OBJECT",
    });
  });

  for (const ChecksumAlgorithm of ALGORITHMS) {
    const member = `Checksum${ChecksumAlgorithm}` as const;

    it(`keeps the ${ChecksumAlgorithm} of an upload and gives it back when asked`, async () => {
      const sent = (await bucket.put(ChecksumAlgorithm, BODY, { ChecksumAlgorithm }))[member];
      expect(sent).to.match(/^[A-Za-z0-9+/]+=*$/);
      expect((await bucket.head(ChecksumAlgorithm, { ChecksumMode: "ENABLED" }))[member]).to.equal(sent);
      const got = await bucket.get(ChecksumAlgorithm, { ChecksumMode: "ENABLED" });
      expect(got[member]).to.equal(sent);
      expect(await got.Body?.transformToString(), "the SDK checked it").to.equal(BODY);
    });

    it(`takes the ${ChecksumAlgorithm} of a stream from its trailer`, async () => {
      const Body = Readable.from([Buffer.from("check "), Buffer.from("me")], { objectMode: false });
      const { [member]: sent } = await target.s3.putObject({
        Bucket: bucket.name,
        Key: `stream-${ChecksumAlgorithm}`,
        Body,
        ContentLength: 8,
        ChecksumAlgorithm,
      });
      expect(sent).to.equal((await bucket.put("again", BODY, { ChecksumAlgorithm }))[member]);
      expect(await bucket.text(`stream-${ChecksumAlgorithm}`)).to.equal(BODY);
    });

    it(`refuses bytes that a ${ChecksumAlgorithm} is not of, and stores nothing`, async () => {
      const { [member]: other = "" } = await bucket.put("other", "other", { ChecksumAlgorithm });
      const header = `x-amz-checksum-${ChecksumAlgorithm.toLowerCase()}`;
      expect(says(await put(`bad-${ChecksumAlgorithm}`, { [header]: other }))).to.deep.equal([
        400,
        "BadDigest",
      ]);
      expect((await refused(bucket.head(`bad-${ChecksumAlgorithm}`))).status).to.equal(404);
    });
  }

  it("tells no checksum to HEAD unless asked", async () => {
    expect((await bucket.head("default")).ChecksumCRC32).to.equal(undefined);
  });

  it("refuses what is no checksum at all", async () => {
    const answer = await put("no-checksum", { "x-amz-checksum-sha256": "not base64" });
    expect(says(answer)).to.deep.equal([400, "InvalidRequest"]);
  });

  it("refuses two checksums", async () => {
    const answer = await put("two", { "x-amz-checksum-sha256": SHA256, "x-amz-checksum-crc32": CRC32 });
    expect(says(answer)).to.deep.equal([400, "InvalidRequest"]);
  });

  it("refuses an algorithm without its checksum", async () => {
    const answer = await put("announced", { "x-amz-sdk-checksum-algorithm": "SHA256" });
    expect(says(answer)).to.deep.equal([400, "InvalidRequest"]);
  });

  it("refuses bytes that the signed hash is not of", async () => {
    const other = createHash("sha256").update("other").digest("hex");
    const answer = await put("hash", { "x-amz-content-sha256": other });
    expect(says(answer)).to.deep.equal([400, "XAmzContentSHA256Mismatch"]);
  });

  it("takes a Content-MD5", async () => {
    expect((await put("md5", { "content-md5": MD5 })).status).to.equal(200);
    expect(await bucket.text("md5")).to.equal(BODY);
  });

  it("refuses bytes that a Content-MD5 is not of", async () => {
    const other = createHash("md5").update("other").digest("base64");
    const answer = await put("md5-other", { "content-md5": other });
    expect(says(answer)).to.deep.equal([400, "BadDigest"]);
    expect(element("CalculatedDigest", answer.text)).to.equal(MD5);
    expect((await refused(bucket.head("md5-other"))).status).to.equal(404);
  });

  for (const md5 of ["not base64 encoded checksum", "MTIz", "dGVzdC1zdHJpbmc="]) {
    it(`refuses ${md5} as a Content-MD5`, async () => {
      expect(says(await put("md5-bad", { "content-md5": md5 }))).to.deep.equal([400, "InvalidDigest"]);
    });
  }

  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html (Content-MD5)
  it("checks the digest of a document too", async () => {
    const body = "<Delete><Object><Key>default</Key></Object></Delete>";
    const request = {
      service: "s3",
      method: "POST",
      path: `/${bucket.name}`,
      query: { delete: "" },
      body,
    } as const;
    const other = createHash("md5").update("other").digest("base64");
    const answer = await sendSigned(target, { ...request, headers: { "content-md5": other } });
    expect(says(answer)).to.deep.equal([400, "BadDigest"]);
    expect((await bucket.head("default")).ContentLength).to.equal(BODY.length);
    const good = createHash("md5").update(body).digest("base64");
    expect((await sendSigned(target, { ...request, headers: { "content-md5": good } })).status).to.equal(200);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
describe("contract: aws-chunked uploads", () => {
  const bucket = useBucket(target);
  const send = (key: string, body: string, headers: Record<string, string> = {}) =>
    sendSigned(target, {
      service: "s3",
      method: "PUT",
      path: `/${bucket.name}/${key}`,
      headers: {
        "content-encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": String(BODY.length),
        "x-amz-trailer": "x-amz-checksum-crc32",
        ...headers,
      },
      body,
    });
  const framed = `6\r\ncheck \r\n2\r\nme\r\n0\r\n`;

  it("stores what is inside the frames", async () => {
    const { status } = await send("framed", `${framed}x-amz-checksum-crc32:${CRC32}\r\n\r\n`);
    expect(status).to.equal(200);
    expect(await bucket.text("framed")).to.equal(BODY);
    expect((await bucket.head("framed")).ContentEncoding).to.equal(undefined);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html (x-amz-content-sha256 says that there are frames)
  it("takes a body as it is where only the content encoding speaks of frames", async () => {
    const headers = { "content-encoding": "aws-chunked" };
    const path = `/${bucket.name}/plain`;
    const { status } = await sendSigned(target, { service: "s3", method: "PUT", path, headers, body: BODY });
    expect(status).to.equal(200);
    expect(await bucket.text("plain")).to.equal(BODY);
    expect((await bucket.head("plain")).ContentEncoding).to.equal(undefined);
  });

  it("keeps the other content encodings", async () => {
    await send("gzip", `${framed}x-amz-checksum-crc32:${CRC32}\r\n\r\n`, {
      "content-encoding": "aws-chunked,gzip",
    });
    expect((await bucket.head("gzip")).ContentEncoding).to.equal("gzip");
  });

  it("refuses a trailer that is not of the bytes", async () => {
    const { status, text } = await send("wrong", `${framed}x-amz-checksum-crc32:${crc32Of("other")}\r\n\r\n`);
    expect([status, element("Code", text)]).to.deep.equal([400, "BadDigest"]);
  });

  it("refuses an upload whose announced trailer is missing", async () => {
    const { status, text } = await send("missing", `${framed}\r\n`);
    expect([status, element("Code", text)]).to.deep.equal([400, "MalformedTrailerError"]);
  });

  it("refuses fewer bytes than announced", async () => {
    const { status, text } = await send("short", `${framed}x-amz-checksum-crc32:${CRC32}\r\n\r\n`, {
      "x-amz-decoded-content-length": "9",
    });
    expect([status, element("Code", text)]).to.deep.equal([400, "IncompleteBody"]);
    expect((await refused(bucket.head("short"))).status).to.equal(404);
  });
});
