// Completing a multipart upload: the parts that were listed become one object, the others are dropped.
import { createHash } from "node:crypto";
import type { CompleteMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { malformedXml } from "../protocol/rest-xml.ts";
import type { Blob } from "../storage/blobs.ts";
import { commitVersion } from "./commit.ts";
import type { S3Context } from "./context.ts";
import { checksumFields } from "./metadata.ts";
import { createHashOf } from "./receive.ts";
import { type Checksum, metadataOf } from "./tables.ts";
import { type PartRow, partsOf, type UploadRow, uploadRow } from "./uploads.ts";

/** Every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export async function completeUpload(
  context: S3Context,
  input: CompleteMultipartUploadCommandInput,
  request: Request,
): Promise<object> {
  const { Bucket: bucket = "", Key: key = "" } = input;
  const upload = uploadRow(context.database, input);
  const parts = chosenParts(partsOf(context.database, upload), input);
  const blobs = parts.map(blobOf);
  const etag = multipartEtag(parts);
  const checksum = await checksumOfParts(context, upload, parts);
  checkSent(input, checksum);
  const { versionId } = await commitVersion(context, {
    bucket,
    key,
    blobs,
    etag,
    metadata: {
      ...metadataOf(upload),
      ...(checksum && { checksum }),
      partBytes: parts.map(({ bytes }) => bytes),
    },
    conditions: input,
    eventName: "ObjectCreated:CompleteMultipartUpload",
    also: () => closeUpload(context, upload, parts),
  });
  const Location = `http://${request.host}/${bucket}/${encodeURIComponent(key)}`;
  return {
    Location,
    Bucket: bucket,
    Key: key,
    ETag: `"${etag}"`,
    VersionId: versionId,
    ...checksumFields(checksum),
  };
}

/**
 * Ends the upload in the transaction that makes the object; returns the parts that nobody listed. A client that lost the
 * answer completes twice, and one may replace a part meanwhile: the object may only name blobs that are still the upload's.
 */
function closeUpload({ database }: S3Context, upload: UploadRow, chosen: readonly PartRow[]): Blob[] {
  const parts = partsOf(
    database,
    uploadRow(database, { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id }),
  );
  const files = new Set(chosen.map(({ file }) => file));
  const dropped = parts.filter(({ file }) => !files.has(file));
  if (parts.length - dropped.length !== files.size) throw partNotFound();
  database.sql("DELETE FROM upload WHERE id = ?").run(upload.id);
  return dropped.map(blobOf);
}

function chosenParts(
  uploaded: readonly PartRow[],
  { MultipartUpload }: CompleteMultipartUploadCommandInput,
): PartRow[] {
  const listed = MultipartUpload?.Parts ?? [];
  if (listed.length === 0) throw malformedXml();
  let previous = 0;
  return listed.map(({ PartNumber = 0, ETag }, index) => {
    if (PartNumber <= previous)
      throw new ServiceError("InvalidPartOrder", "The list of parts was not in ascending order.");
    previous = PartNumber;
    const part = uploaded.find(({ number }) => number === PartNumber);
    if (!part || ETag?.replaceAll('"', "") !== part.etag) {
      throw partNotFound();
    }
    if (index < listed.length - 1 && part.bytes < MIN_PART_BYTES) {
      const detail = {
        ProposedSize: String(part.bytes),
        MinSizeAllowed: String(MIN_PART_BYTES),
        PartNumber: String(PartNumber),
      };
      throw new ServiceError(
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        { detail },
      );
    }
    return part;
  });
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

function checkSent(input: CompleteMultipartUploadCommandInput, checksum: Checksum | undefined): void {
  if (!checksum) return;
  const sent = (input as unknown as Record<string, string | undefined>)[`Checksum${checksum.algorithm}`];
  if (sent === undefined || sent.split("-")[0] === checksum.value.split("-")[0]) return;
  throw new ServiceError(
    "BadDigest",
    `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
  );
}

function partNotFound(): ServiceError {
  return new ServiceError("InvalidPart", "One or more of the specified parts could not be found.");
}

function blobOf({ file, bytes }: PartRow): Blob {
  return { file, bytes };
}

/** S3's etag of a multipart object: the MD5 of its parts' MD5s, and how many they were. */
function multipartEtag(parts: readonly PartRow[]): string {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
  return `${createHash("md5").update(digests).digest("hex")}-${parts.length}`;
}
