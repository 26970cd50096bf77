// Takes an upload's bytes: through the aws-chunked framing when there is one, to a blob, hashed on the way, every digest
// the client sent checked before anything is committed.
import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { decodeAwsChunked } from "../protocol/aws-chunked.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Blob } from "../storage/blobs.ts";
import type { S3Context } from "./context.ts";

export interface Received {
  blob: Blob;
  /** Hex MD5, as S3's etag of a single upload is. */
  etag: string;
  algorithm: string;
  /** Base64. */
  checksum: string;
}

interface Hash {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array | Promise<Uint8Array>;
}

const HASHES: Record<string, () => Hash> = {
  CRC32: () => new Crc32(),
  CRC32C: () => new Crc32c(),
  CRC64NVME: () => new Crc64Nvme(),
  SHA1: () => createHash("sha1"),
  SHA256: () => createHash("sha256"),
};

/** Throws InvalidRequest for an algorithm that S3 does not have. */
export function createHashOf(algorithm: string): Hash {
  const create = HASHES[algorithm];
  if (create) return create();
  throw new ServiceError("InvalidRequest", `Checksum algorithm provided is unsupported: ${algorithm}.`);
}

/** `algorithm`: what a multipart upload was started with; otherwise the request says, or S3's own default is used. */
export async function receive(context: S3Context, request: Request, algorithm?: string): Promise<Received> {
  const { headers } = request;
  const trailers: Record<string, string> = {};
  const body = isChunked(headers) ? decodeAwsChunked(request.body, trailers) : request.body;
  const chosen = chooseAlgorithm(headers, algorithm);
  const md5 = createHash("md5");
  const checksum = createHashOf(chosen);
  const payload = /^[0-9a-f]{64}$/.test(headers["x-amz-content-sha256"] ?? "")
    ? createHash("sha256")
    : undefined;

  const blob = await context.blobs.write(body, (chunk) => {
    md5.update(chunk);
    checksum.update(chunk);
    payload?.update(chunk);
  });
  try {
    checkLength(headers, blob.bytes);
    if (payload && payload.digest("hex") !== headers["x-amz-content-sha256"])
      throw mismatch("XAmzContentSHA256Mismatch", "x-amz-content-sha256");
    const digest = md5.digest();
    checkMd5(headers["content-md5"], digest.toString("base64"));
    const value = Buffer.from(await checksum.digest()).toString("base64");
    const header = `x-amz-checksum-${chosen.toLowerCase()}`;
    checkTrailer(headers, trailers);
    const sent = trailers[header] ?? headers[header];
    if (sent !== undefined && sent !== value) throw mismatch("BadDigest", chosen);
    return { blob, etag: digest.toString("hex"), algorithm: chosen, checksum: value };
  } catch (error) {
    context.blobs.discard([blob]);
    throw error;
  }
}

function isChunked(headers: Request["headers"]): boolean {
  return (
    headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true ||
    /\baws-chunked\b/.test(headers["content-encoding"] ?? "")
  );
}

function chooseAlgorithm(headers: Request["headers"], ofUpload: string | undefined): string {
  const name =
    headers["x-amz-trailer"] ??
    Object.keys(headers).find((header) => /^x-amz-checksum-(crc|sha)/.test(header));
  const sent = name?.replace("x-amz-checksum-", "").toUpperCase();
  if (ofUpload === undefined || sent === undefined || sent === ofUpload) {
    // S3 computes CRC64NVME when nothing is sent; in JavaScript that costs 7 ms a megabyte, so it is CRC32 here.
    return ofUpload ?? sent ?? "CRC32";
  }
  const types = `expected checksum Type: ${ofUpload.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`;
  throw new ServiceError("InvalidRequest", `Checksum Type mismatch occurred, ${types}`);
}

function checkTrailer(headers: Request["headers"], trailers: Record<string, string>): void {
  const announced = headers["x-amz-trailer"]?.toLowerCase();
  if (announced === undefined || trailers[announced] !== undefined) return;
  const message =
    "The request contained trailing data that was not well-formed or did not conform to our published schema.";
  throw new ServiceError("MalformedTrailerError", message);
}

function checkLength(headers: Request["headers"], bytes: number): void {
  const announced = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  if (announced === undefined || Number(announced) === bytes) return;
  throw new ServiceError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    { status: 400 },
  );
}

function checkMd5(sent: string | undefined, computed: string): void {
  if (sent === undefined || sent === computed) return;
  const valid = Buffer.from(sent, "base64").length === 16;
  if (valid) throw mismatch("BadDigest", "Content-MD5");
  throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.");
}

function mismatch(code: string, what: string): ServiceError {
  return new ServiceError(code, `The ${what} you specified did not match what we received.`);
}
