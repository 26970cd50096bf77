// Who sent a request: the principal whose secret signed it. Services call this first, so that a bad signature is answered
// in their own error format. The signature of each chunk of a streamed upload is not checked: its checksum is.
import type { Iam } from "../iam/iam.ts";
import { bodyOf, type Request, readBody } from "./http.ts";
import { ServiceError } from "./model.ts";
import { readSignature, sha256 } from "./signature.ts";

/** Adds the principal. Throws for a request that is not signed, or not well, or larger than the limit of what must be hashed. */
export type Authenticate = (request: Request, limitBytes?: number) => Promise<Request>;

export function createAuthentication(iam: Iam, now: () => number): Authenticate {
  return async (request, limitBytes) => {
    if (request.refusal) throw request.refusal;
    const signature = readSignature(request);
    if (!signature) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
    if (signature.problem) throw signature.problem;
    const known = iam.lookup(signature.accessKeyId);
    if (!known) {
      const message = "The AWS Access Key Id you provided does not exist in our records.";
      throw new ServiceError("InvalidAccessKeyId", message, { status: 403 });
    }
    const { secretAccessKey, sessionToken, principal, expiresMs = Number.POSITIVE_INFINITY } = known;
    if (sessionToken !== undefined && signature.token !== sessionToken) {
      const message = "The provided token is malformed or otherwise invalid.";
      throw new ServiceError("InvalidToken", message, { status: 403 });
    }
    if (now() >= expiresMs) throw expired(signature.service);
    if (signature.namesPayload) {
      signature.verify(secretAccessKey, now());
      return { ...request, principal };
    }
    const body = await readBody(request, limitBytes);
    signature.verify(secretAccessKey, now(), sha256(body));
    return { ...request, principal, body: bodyOf(body) };
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html has a status of its own. */
function expired(service: string): ServiceError {
  return service === "s3"
    ? new ServiceError("ExpiredToken", "The provided token has expired.", { status: 400 })
    : new ServiceError("ExpiredToken", "The security token included in the request is expired", {
        status: 403,
      });
}
