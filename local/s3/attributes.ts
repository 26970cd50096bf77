// GetObjectAttributes: what HEAD tells of an object, and its parts, as far as they have checksums of their own.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
import { type GetObjectAttributesCommandInput, ObjectAttributes } from "@aws-sdk/client-s3";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import type { S3Context } from "./context.ts";
import { type Actions, findVersion } from "./find.ts";
import { pageSize } from "./listing.ts";
import { checksumFields } from "./metadata.ts";
import { bucketRow, type Checksum, metadataOf, type ObjectMetadata, shownTime } from "./tables.ts";

const READ: readonly Actions[] = [
  ["s3:GetObject", "s3:GetObjectVersion"],
  ["s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"],
];
const KNOWN: readonly string[] = Object.values(ObjectAttributes);

export function attributeHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    GetObjectAttributes: async (input: GetObjectAttributesCommandInput, request) => {
      const asked = checkedNames(input.ObjectAttributes);
      const [version] = READ.map((actions) => findVersion(context, request, input, actions));
      if (!version) throw new Error("Expected a version: without one, it was refused.");
      const metadata = metadataOf(version);
      const attributes: Record<string, unknown> = {
        ETag: version.etag,
        Checksum: metadata.checksum && checksumFields(withoutCount(metadata.checksum)),
        ObjectParts: metadata.partBytes && describeParts(metadata, input),
        StorageClass: "STANDARD",
        ObjectSize: version.bytes,
      };
      const { versioning } = bucketRow(context.database, version.bucket);
      return {
        LastModified: shownTime(version.modified),
        ...(versioning !== null && { VersionId: version.version_id }),
        ...Object.fromEntries(asked.map((name) => [name, attributes[name]])),
      };
    },
  };
}

function checkedNames(names: readonly string[] = []): readonly string[] {
  if (names.length > 0 && names.every((name) => KNOWN.includes(name))) return names;
  const detail = { ArgumentName: "x-amz-object-attributes", ArgumentValue: names.join(",") };
  throw new ServiceError("InvalidArgument", "Invalid attribute name specified.", { detail });
}

/** Elsewhere a composite checksum says of how many parts it is. */
function withoutCount(checksum: Checksum): Checksum {
  return { ...checksum, value: checksum.value.replace(/-\d+$/, "") };
}

function describeParts(
  { partBytes = [], partChecksums, checksum }: ObjectMetadata,
  input: GetObjectAttributesCommandInput,
): object {
  const total = { TotalPartsCount: partBytes.length };
  if (!partChecksums || checksum?.type !== "COMPOSITE") return total;
  const MaxParts = pageSize("max-parts", input.MaxParts);
  const marker = Number(input.PartNumberMarker ?? 0);
  const later = partBytes.slice(marker);
  const page = later.slice(0, MaxParts);
  return {
    ...total,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.length === 0 ? 0 : marker + page.length),
    MaxParts,
    IsTruncated: later.length > page.length,
    Parts: page.map((Size, index) => ({
      PartNumber: marker + index + 1,
      Size,
      [`Checksum${checksum.algorithm}`]: partChecksums[marker + index],
    })),
  };
}
