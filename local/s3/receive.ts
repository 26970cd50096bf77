// Takes an upload's bytes: through the aws-chunked framing when there is one, to a blob, hashed on the way, every digest
// the client sent checked before anything is committed.
import { decodeAwsChunked } from "../protocol/aws-chunked.ts";
import { createDigests } from "../protocol/digests.ts";
import type { Body, Request } from "../protocol/http.ts";
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

/** `algorithm`: what a multipart upload was started with; otherwise the request says, or S3's own default is used. */
export async function receive(
  context: S3Context,
  { headers, body }: Pick<Request, "headers" | "body">,
  algorithm?: string,
): Promise<Received> {
  const trailers: Record<string, string> = {};
  const digests = createDigests(headers, algorithm);
  const bytes = isChunked(headers) ? decodeAwsChunked(body, trailers) : await gatherSmall(headers, body);
  const blob = await context.blobs.write(bytes, digests.update);
  const checked = check(headers, blob).then(() => digests.check(trailers));
  const { md5, ...checksum } = await context.blobs.keepIf(checked, [blob]);
  return { blob, etag: md5, ...checksum };
}

/** No more than a file in the making holds anyway. */
const MAX_GATHERED_BYTES = 1024 * 1024;

function gatherSmall(headers: Request["headers"], body: Body): Body | Promise<Buffer[]> {
  const isSmall = Number(headers["content-length"]) <= MAX_GATHERED_BYTES;
  return isSmall && body.gather ? body.gather(MAX_GATHERED_BYTES) : body;
}

function isChunked(headers: Request["headers"]): boolean {
  return headers["x-amz-content-sha256"]?.startsWith("STREAMING-") === true;
}

async function check(headers: Request["headers"], { bytes }: Blob): Promise<void> {
  const announced = headers["x-amz-decoded-content-length"] ?? headers["content-length"];
  if (announced === undefined || Number(announced) === bytes) return;
  throw new ServiceError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    { status: 400 },
  );
}
