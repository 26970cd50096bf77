// AWS Signature Version 4, verified: in the Authorization header, or in the query of a presigned URL.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Request } from "./http.ts";
import { ServiceError } from "./model.ts";
import { percentEncode } from "./percent-encode.ts";

const MAX_CLOCK_SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

export interface Signature {
  accessKeyId: string;
  /** The service of the credential scope: `s3`, `sqs`, … */
  service: string;
  region: string;
  /** What is wrong with its form, whoever signed it. */
  problem: ServiceError | undefined;
  /** Of temporary credentials. */
  token: string | undefined;
  /** Whether the request says itself what hash of its body was signed, or that none was: only S3 takes its word. */
  namesPayload: boolean;
  /** Throws when the request was not signed with this secret. Without `namesPayload` it needs the body's hash. */
  verify(secretAccessKey: string, nowMs: number, bodyHash?: string): void;
}

interface Parts {
  credential: string;
  signedHeaders: string;
  signature: string;
  date: string;
  presigned: boolean;
}

/** Undefined for a request that is not signed. */
export function readSignature(request: Request): Signature | undefined {
  const parts = fromQuery(request) ?? fromHeader(request);
  if (!parts) return undefined;
  const [accessKeyId = "", day = "", region = "", service = ""] = parts.credential.split("/");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const named = service === "s3" ? namedPayload(request, parts) : undefined;
  return {
    accessKeyId,
    service,
    region,
    problem: parts.presigned ? problemOf(request, parts) : undefined,
    token: request.query.get("X-Amz-Security-Token") ?? request.headers["x-amz-security-token"],
    namesPayload: named !== undefined,
    verify(secretAccessKey, nowMs, bodyHash = sha256("")) {
      checkTime(request, parts, nowMs);
      checkSigned(request, parts);
      const canonical = canonicalRequest(request, parts, service === "s3", named ?? bodyHash);
      const text = `AWS4-HMAC-SHA256\n${parts.date}\n${scope}\n${sha256(canonical)}`;
      const expected = hmac(signingKey(secretAccessKey, scope), text);
      const given = Buffer.from(parts.signature, "hex");
      if (given.length === expected.length && timingSafeEqual(given, expected)) return;
      throw noMatch({
        AWSAccessKeyId: accessKeyId,
        StringToSign: text,
        SignatureProvided: parts.signature,
        StringToSignBytes: bytesOf(text),
        CanonicalRequest: canonical,
        CanonicalRequestBytes: bytesOf(canonical),
      });
    },
  };
}

/** With what was expected to be signed: so a client can be mended. */
function noMatch(detail: Record<string, string>): ServiceError {
  const message =
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
  return new ServiceError("SignatureDoesNotMatch", message, { status: 403, detail });
}

/** `47 45 54` for `GET`. */
function bytesOf(text: string): string {
  return [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Whoever gets a presigned URL of S3 uploads what they like. */
function namedPayload({ headers }: Request, { presigned }: Parts): string | undefined {
  return headers["x-amz-content-sha256"] ?? (presigned ? "UNSIGNED-PAYLOAD" : undefined);
}

const MAX_SIGNING_KEYS = 1000;
const signingKeys = new Map<string, KeyObject>();

/** The same for all requests of a day: four times what a signature takes, and making a key of bytes takes as much again. */
function signingKey(secretAccessKey: string, scope: string): KeyObject {
  const name = `${scope} ${secretAccessKey}`;
  const known = signingKeys.get(name);
  if (known) return known;
  const bytes = scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer;
  const key = createSecretKey(bytes);
  if (signingKeys.size >= MAX_SIGNING_KEYS) signingKeys.clear(); // Scopes are the client's to choose.
  signingKeys.set(name, key);
  return key;
}

const IN_QUERY = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"].map(
  (name) => `X-Amz-${name}`,
);

function fromQuery({ query }: Request): Parts | undefined {
  if (!query.has("X-Amz-Algorithm") && !query.has("X-Amz-Signature")) return undefined;
  return {
    credential: query.get("X-Amz-Credential") ?? "",
    signedHeaders: query.get("X-Amz-SignedHeaders") ?? "",
    signature: query.get("X-Amz-Signature") ?? "",
    date: query.get("X-Amz-Date") ?? "",
    presigned: true,
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function problemOf({ query }: Request, { credential }: Parts): ServiceError | undefined {
  const problem = (message: string) =>
    new ServiceError("AuthorizationQueryParametersError", message, { status: 400 });
  if (!IN_QUERY.every((name) => query.get(name))) {
    const names = `${IN_QUERY.slice(0, -1).join(", ")}, and ${IN_QUERY.at(-1)}`;
    return problem(`Query-string authentication version 4 requires the ${names} parameters.`);
  }
  if (!/^[^/]+\/\d{8}\/[^/]+\/[^/]+\/aws4_request$/.test(credential)) {
    return problem(
      'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
    );
  }
  if (Number(query.get("X-Amz-Expires")) <= MAX_EXPIRES_SECONDS) return undefined;
  return problem("X-Amz-Expires must be less than a week (in seconds) that is 604800");
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]+)$/;

function fromHeader({ headers }: Request): Parts | undefined {
  const found = AUTHORIZATION.exec(headers.authorization ?? "");
  if (!found) return undefined;
  const [, credential = "", signedHeaders = "", signature = ""] = found;
  const date = headers["x-amz-date"] ?? fromHttpDate(headers.date);
  return { credential, signedHeaders, signature, date, presigned: false };
}

/** A request may tell its time as HTTP does, but signs it as AWS writes times. */
function fromHttpDate(date = ""): string {
  const milliseconds = Date.parse(date);
  return Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

function checkTime({ query }: Request, { date, presigned }: Parts, nowMs: number): void {
  const signedMs = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (presigned) {
    const seconds = Number(query.get("X-Amz-Expires"));
    const endMs = signedMs + seconds * 1000;
    if (nowMs <= endMs) return;
    const detail = {
      "X-Amz-Expires": String(seconds),
      Expires: secondOf(endMs),
      ServerTime: secondOf(nowMs),
    };
    throw new ServiceError("AccessDenied", "Request has expired", { status: 403, detail });
  }
  if (Math.abs(nowMs - signedMs) < MAX_CLOCK_SKEW_MS) return;
  const message = "The difference between the request time and the current time is too large.";
  throw new ServiceError("RequestTimeTooSkewed", message, { status: 403 });
}

function secondOf(milliseconds: number): string {
  return `${new Date(milliseconds || 0).toISOString().slice(0, 19)}Z`;
}

/** Of a signed request every x-amz header must be signed, or whoever carries it could add to it. */
function checkSigned({ headers }: Request, { signedHeaders }: Parts): void {
  const signed = new Set([...signedHeaders.split(";"), "x-amz-content-sha256"]);
  const others = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signed.has(name));
  if (others.length === 0) return;
  const message = "There were headers present in the request which were not signed";
  const detail = { HeadersNotSigned: others.join(", ") };
  throw new ServiceError("AccessDenied", message, { status: 403, detail });
}

function canonicalRequest(
  request: Request,
  { signedHeaders }: Parts,
  isS3: boolean,
  payloadHash: string,
): string {
  const query = [...request.query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    // By name first: as one text, `a-b=` would come before `a=`.
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join("="));
  const headers = signedHeaders.split(";").map((name) => {
    const value = name === "host" ? request.host : (request.headers[name] ?? "");
    return `${name}:${sentAs(value).trim().replace(/ +/g, " ")}`;
  });
  // Every service but S3 has the path encoded once more than it is sent.
  const path = (isS3 ? decode(request.path) : request.path).split("/").map(percentEncode);
  const lines = [request.method, path.join("/"), query.join("&"), ...headers, "", signedHeaders, payloadHash];
  return lines.join("\n");
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

export function sha256(data: string | Uint8Array): string {
  return hash("sha256", data);
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** A header's bytes are read as ISO-8859-1, but clients that send others sign, and send, UTF-8. */
function sentAs(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  const text = Buffer.from(value, "latin1").toString();
  return text.includes("\ufffd") ? value : text;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
