// What a client says its body hashes to: x-amz-content-sha256, Content-MD5 and one x-amz-checksum-*, as a header or, of a
// streamed upload, as a trailer. All are checked before anything is believed.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import type { Request } from "./http.ts";
import { ServiceError } from "./model.ts";

type Headers = Request["headers"];

interface Hash {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array | Promise<Uint8Array>;
}

const HASHES = new Map<string, { bytes: number; create(): Hash }>(
  Object.entries({
    CRC32: { bytes: 4, create: () => new Crc32() },
    CRC32C: { bytes: 4, create: () => new Crc32c() },
    CRC64NVME: { bytes: 8, create: () => new Crc64Nvme() },
    SHA1: { bytes: 20, create: () => createHash("sha1") },
    SHA256: { bytes: 32, create: () => createHash("sha256") },
  }),
);

export interface Digests {
  update(chunk: Uint8Array): void;
  /** Throws for a digest that is not of what was seen. */
  check(trailers?: Readonly<Record<string, string>>): Promise<Checked>;
}

interface Checked {
  /** Hex. */
  md5: string;
  algorithm: string;
  /** Base64. */
  checksum: string;
}

/** Throws InvalidRequest for an algorithm that S3 does not have. */
export function createHashOf(algorithm: string): Hash {
  const known = HASHES.get(algorithm);
  if (known) return known.create();
  const valid = [...HASHES.keys()].join(", ");
  throw new ServiceError(
    "InvalidRequest",
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${valid}]`,
  );
}

/** Throws for digests that cannot be right. `required`: the algorithm that was chosen earlier, for a whole upload. */
export function createDigests(headers: Headers, required?: string): Digests {
  const algorithm = chooseAlgorithm(headers, required);
  const header = `x-amz-checksum-${algorithm.toLowerCase()}`;
  checkForm(header, headers[header]);
  const md5 = createHash("md5");
  const checksum = createHashOf(algorithm);
  const signed = headers["x-amz-content-sha256"] ?? "";
  const payload = /^[0-9a-f]{64}$/.test(signed) ? createHash("sha256") : undefined;
  return {
    update(chunk) {
      md5.update(chunk);
      checksum.update(chunk);
      payload?.update(chunk);
    },
    async check(trailers = {}) {
      if (payload && payload.digest("hex") !== signed) {
        const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
        throw new ServiceError("XAmzContentSHA256Mismatch", message);
      }
      const digest = md5.digest();
      checkMd5(headers["content-md5"], digest);
      const value = Buffer.from(await checksum.digest()).toString("base64");
      checkTrailer(headers, trailers);
      const sent = trailers[header] ?? headers[header];
      if (sent !== undefined && sent !== value) {
        throw new ServiceError(
          "BadDigest",
          `The ${algorithm} you specified did not match the calculated checksum.`,
        );
      }
      return { md5: digest.toString("hex"), algorithm, checksum: value };
    },
  };
}

function chooseAlgorithm(headers: Headers, required: string | undefined): string {
  const named = Object.keys(headers).filter((header) => /^x-amz-checksum-(crc|sha)/.test(header));
  if (named.length > 1) {
    throw invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  const name = headers["x-amz-trailer"]?.toLowerCase() ?? named[0];
  if (name === undefined && headers["x-amz-sdk-checksum-algorithm"] !== undefined) {
    throw invalid(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  const sent = name?.replace("x-amz-checksum-", "").toUpperCase();
  if (required === undefined || sent === undefined || sent === required) {
    // S3 computes CRC64NVME when nothing is sent; in JavaScript that costs 7 ms a megabyte, so it is CRC32 here.
    return required ?? sent ?? "CRC32";
  }
  const types = `expected checksum Type: ${required.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`;
  throw invalid(`Checksum Type mismatch occurred, ${types}`);
}

function checkForm(header: string, value: string | undefined): void {
  if (value === undefined) return;
  const digest = Buffer.from(value, "base64");
  const bytes = HASHES.get(header.replace("x-amz-checksum-", "").toUpperCase())?.bytes;
  if (digest.length === bytes && digest.toString("base64") === value) return;
  throw invalid(`Value for ${header} header is invalid.`);
}

function checkTrailer(headers: Headers, trailers: Readonly<Record<string, string>>): void {
  const announced = headers["x-amz-trailer"]?.toLowerCase();
  if (announced === undefined || trailers[announced] !== undefined) return;
  const message =
    "The request contained trailing data that was not well-formed or did not conform to our published schema.";
  throw new ServiceError("MalformedTrailerError", message);
}

function checkMd5(sent: string | undefined, computed: Buffer): void {
  if (sent === undefined || sent === computed.toString("base64")) return;
  const expected = Buffer.from(sent, "base64");
  if (expected.length === 16) {
    const message = "The Content-MD5 you specified did not match what we received.";
    const detail = { ExpectedDigest: sent, CalculatedDigest: computed.toString("base64") };
    throw new ServiceError("BadDigest", message, { detail });
  }
  const detail = { "Content-MD5": sent };
  throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.", { detail });
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidRequest", message);
}
