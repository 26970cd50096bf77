// The SDK clients: one of each per execution environment, so that connections are kept alive from image to image (a new
// TLS connection costs more than the request). Endpoint, region and credentials come from the standard environment.
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The first try and two more within a second or so; to wait for longer, the queue's back-off is the better place. */
const MAX_ATTEMPTS = 3;

export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
}

export function createClients(): Clients {
  const s3 = new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    // A PUT need not carry a checksum of its own, at 10 to 20 % of a request's CPU time: TLS authenticates every record,
    // S3 refuses a body shorter than announced, and the manifest has a SHA-256 of each rendition.
    requestChecksumCalculation: "WHEN_REQUIRED",
    // What S3 sends is verified wherever it has a checksum: nothing else tells a damaged download from a bad image.
    responseChecksumValidation: "WHEN_SUPPORTED",
    requestHandler: {
      connectionTimeout: 2000,
      requestTimeout: 15_000, // until the answer begins: the upload of a rendition included
      throwOnRequestTimeout: true,
      socketTimeout: 10_000, // without a byte: a download that stands still
    },
  });
  const sqs = new SQSClient({
    maxAttempts: MAX_ATTEMPTS,
    // Short, because messages are settled in the last seconds of an invocation.
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
  return { s3, sqs };
}
