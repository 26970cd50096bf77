// Completing a multipart upload: the parts that were listed become one object, the others are dropped.
import { createHash } from "node:crypto";
import type { CompletedPart, CompleteMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import { createHashOf } from "../protocol/digests.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { malformedXml } from "../protocol/xml.ts";
import type { Blob } from "../storage/blobs.ts";
import { commitVersion } from "./commit.ts";
import { completedAnswer, noteCompleted } from "./completed.ts";
import type { S3Context } from "./context.ts";
import { checksumFields } from "./metadata.ts";
import { type Checksum, metadataOf } from "./tables.ts";
import { hasConflict, type PartRow, partsOf, type UploadRow, uploadRow } from "./uploads.ts";

/** Every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export async function completeUpload(
  context: S3Context,
  input: CompleteMultipartUploadCommandInput,
  request: Request,
): Promise<object> {
  try {
    return await complete(context, input, request);
  } catch (error) {
    const isGone = error instanceof ServiceError && error.name === "NoSuchUpload";
    const answer = isGone ? completedAnswer(context.database, input) : undefined;
    if (answer === undefined) throw error;
    return answer;
  }
}

async function complete(
  context: S3Context,
  input: CompleteMultipartUploadCommandInput,
  request: Request,
): Promise<object> {
  const { Bucket: bucket = "", Key: key = "" } = input;
  const upload = uploadRow(context.database, input);
  checkType(upload, input);
  const parts = chosenParts(upload, partsOf(context.database, upload), input);
  const blobs = parts.map(blobOf);
  const etag = multipartEtag(parts);
  const checksum = await checksumOfParts(context, upload, parts);
  checkSent(input, parts, checksum);
  const answer = (VersionId: string | undefined) => ({
    Location: `http://${request.host}/${bucket}/${encodeURIComponent(key)}`,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
    VersionId,
    ...checksumFields(checksum),
  });
  const { versionId } = await commitVersion(context, {
    bucket,
    key,
    blobs,
    etag,
    metadata: {
      ...metadataOf(upload),
      ...(checksum && { checksum }),
      partBytes: parts.map(({ bytes }) => bytes),
      ...(checksum && { partChecksums: parts.map((part) => part.checksum) }),
    },
    conditions: input,
    eventName: "ObjectCreated:CompleteMultipartUpload",
    request,
    also: (shownId) => {
      const dropped = closeUpload(context, upload, parts, input);
      noteCompleted(context.database, input, answer(shownId), context.now());
      return dropped;
    },
  });
  return answer(versionId);
}

/**
 * Ends the upload in the transaction that makes the object; returns the parts that nobody listed. A client that lost the
 * answer completes twice, and one may replace a part meanwhile: the object may only name blobs that are still the upload's.
 */
function closeUpload(
  { database }: S3Context,
  upload: UploadRow,
  chosen: readonly PartRow[],
  { IfMatch, IfNoneMatch }: CompleteMultipartUploadCommandInput,
): Blob[] {
  const condition = IfMatch === undefined ? "If-None-Match" : "If-Match";
  if ((IfMatch ?? IfNoneMatch) !== undefined && hasConflict(database, upload)) {
    const message =
      "The conditional request cannot succeed due to a conflicting operation against this resource.";
    const detail = { Condition: condition, Key: upload.key };
    throw new ServiceError("ConditionalRequestConflict", message, { detail });
  }
  const parts = partsOf(
    database,
    uploadRow(database, { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id }),
  );
  const files = new Set(chosen.map(({ file }) => file));
  const dropped = parts.filter(({ file }) => !files.has(file));
  if (parts.length - dropped.length !== files.size) throw partNotFound(upload);
  database.sql("DELETE FROM upload WHERE id = ?").run(upload.id);
  return dropped.map(blobOf);
}

function checkType(
  { checksum_type }: UploadRow,
  { ChecksumType }: CompleteMultipartUploadCommandInput,
): void {
  if (ChecksumType === undefined || checksum_type === null || ChecksumType === checksum_type) return;
  throw new ServiceError(
    "InvalidRequest",
    `The upload was created using the ${checksum_type} checksum mode. The complete request must use the same checksum mode.`,
  );
}

function chosenParts(
  upload: UploadRow,
  uploaded: readonly PartRow[],
  { MultipartUpload }: CompleteMultipartUploadCommandInput,
): PartRow[] {
  const listed = MultipartUpload?.Parts ?? [];
  if (MultipartUpload === undefined)
    throw new ServiceError("InvalidRequest", "You must specify at least one part");
  if (listed.length === 0) throw malformedXml();
  const numbers = listed.map(({ PartNumber = 0 }) => PartNumber);
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    const message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
    throw new ServiceError("InvalidPartOrder", message, { detail: { UploadId: upload.id } });
  }
  const parts = listed.map((asked) => chosenPart(upload, uploaded, asked));
  const small = parts.slice(0, -1).find(({ bytes }) => bytes < MIN_PART_BYTES);
  if (!small) return parts;
  const detail = {
    ProposedSize: String(small.bytes),
    MinSizeAllowed: String(MIN_PART_BYTES),
    PartNumber: String(small.number),
    ETag: small.etag,
  };
  const message = "Your proposed upload is smaller than the minimum allowed size";
  throw new ServiceError("EntityTooSmall", message, { detail });
}

function chosenPart(upload: UploadRow, uploaded: readonly PartRow[], asked: CompletedPart): PartRow {
  const part = uploaded.find(({ number }) => number === asked.PartNumber);
  if (!part || asked.ETag?.replaceAll('"', "") !== part.etag) throw partNotFound(upload, asked);
  const { algorithm, checksum_type } = upload;
  if (algorithm === null) return part;
  const other = Object.keys(asked).find(
    (name) => name.startsWith("Checksum") && name !== `Checksum${algorithm}`,
  );
  if (other !== undefined) {
    const sent = other.slice("Checksum".length).toLowerCase();
    const message = `The ${sent} you specified for part ${part.number} did not match what we received.`;
    throw new ServiceError("BadDigest", message);
  }
  const checksum = (asked as Record<string, unknown>)[`Checksum${algorithm}`];
  if (checksum === undefined && checksum_type === "COMPOSITE") {
    throw new ServiceError(
      "InvalidRequest",
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  if (checksum !== undefined && checksum !== part.checksum) throw partNotFound(upload, asked);
  return part;
}

/** COMPOSITE: the checksum of the parts' checksums, and how many they were. FULL_OBJECT: of all the bytes. */
async function checksumOfParts(
  { blobs }: S3Context,
  upload: UploadRow,
  parts: readonly PartRow[],
): Promise<Checksum | undefined> {
  const { algorithm, checksum_type: type } = upload;
  if (algorithm === null || type === null) return undefined;
  const hash = createHashOf(algorithm);
  if (type === "COMPOSITE") {
    for (const { checksum } of parts) hash.update(Buffer.from(checksum, "base64"));
  } else {
    for await (const chunk of blobs.read(parts.map(blobOf), 0, Number.MAX_SAFE_INTEGER))
      hash.update(chunk as Uint8Array);
  }
  const value = Buffer.from(await hash.digest()).toString("base64");
  return { algorithm, type, value: type === "COMPOSITE" ? `${value}-${parts.length}` : value };
}

function checkSent(
  input: CompleteMultipartUploadCommandInput,
  parts: readonly PartRow[],
  checksum: Checksum | undefined,
): void {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== bytes) {
    throw new ServiceError(
      "InvalidRequest",
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${bytes}`,
    );
  }
  if (!checksum) return;
  const sent = (input as unknown as Record<string, string | undefined>)[`Checksum${checksum.algorithm}`];
  if (sent === undefined || sent.split("-")[0] === checksum.value.split("-")[0]) return;
  throw new ServiceError(
    "BadDigest",
    `The ${checksum.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

function partNotFound({ id }: UploadRow, { PartNumber, ETag }: CompletedPart = {}): ServiceError {
  const message =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  const about = PartNumber === undefined ? {} : { PartNumber: String(PartNumber) };
  const detail = { UploadId: id, ...about, ...(ETag && { ETag: ETag.replaceAll('"', "") }) };
  return new ServiceError("InvalidPart", message, { detail });
}

function blobOf({ file, bytes }: PartRow): Blob {
  return { file, bytes };
}

/** S3's etag of a multipart object: the MD5 of its parts' MD5s, and how many they were. */
function multipartEtag(parts: readonly PartRow[]): string {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
  return `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
}
