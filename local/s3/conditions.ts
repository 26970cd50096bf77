// If-Match, If-None-Match and the two date conditions, for reads and for writes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
import { ServiceError } from "../protocol/model.ts";
import type { VersionRow } from "./tables.ts";

interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
}

/** Throws 412, or 304 with the headers a cache needs. */
export function checkRead({ etag, modified }: VersionRow, conditions: ReadConditions, nowMs: number): void {
  const { IfMatch, IfNoneMatch, IfUnmodifiedSince } = conditions;
  const IfModifiedSince = inThePast(conditions.IfModifiedSince, nowMs);
  // Last-Modified has a resolution of one second, and so have the conditions on it.
  const second = Math.floor(modified / 1000) * 1000;
  const changed =
    IfMatch === undefined ? IfUnmodifiedSince && second > +IfUnmodifiedSince : !lists(IfMatch, etag);
  if (changed) throw preconditionFailed(IfMatch === undefined ? "If-Unmodified-Since" : "If-Match");
  const same =
    IfNoneMatch === undefined ? IfModifiedSince && second <= +IfModifiedSince : lists(IfNoneMatch, etag);
  if (!same) return;
  const headers = { etag: `"${etag}"`, "last-modified": new Date(modified).toUTCString() };
  throw new ServiceError("NotModified", "Not Modified", { status: 304, headers });
}

/** A date that is yet to come is no condition. */
function inThePast(date: Date | undefined, nowMs: number): Date | undefined {
  return date && +date <= nowMs ? date : undefined;
}

/** Throws 501 for what S3 does not implement: If-None-Match but with `*`, If-Match with it, or both. */
export function checkWriteConditions({ IfMatch, IfNoneMatch }: ReadConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) throw notImplemented("If-Match,If-None-Match");
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw notImplemented("If-None-Match");
  if (IfMatch?.trim() === "*") throw notImplemented("If-Match");
}

function notImplemented(header: string): ServiceError {
  const message = "A header you provided implies functionality that is not implemented";
  return new ServiceError("NotImplemented", message, { detail: { Header: header } });
}

/** Throws 412, or 404 for If-Match on a key that does not exist. */
export function checkWrite(
  current: VersionRow | undefined,
  key: string,
  { IfMatch, IfNoneMatch }: ReadConditions,
): void {
  if (IfNoneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
  if (IfMatch === undefined) return;
  if (!current)
    throw new ServiceError("NoSuchKey", "The specified key does not exist.", { detail: { Key: key } });
  if (!lists(IfMatch, current.etag)) throw preconditionFailed("If-Match");
}

export function preconditionFailed(condition: string): ServiceError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return new ServiceError("PreconditionFailed", message, { detail: { Condition: condition } });
}

function lists(header: string, etag: string): boolean {
  const named = header.split(",").map((value) => value.trim().replace(/^W\//, "").replaceAll('"', ""));
  return named.includes("*") || named.includes(etag);
}
