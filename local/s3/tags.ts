// Tags of objects, kept with each version. The aws command line reads them before it copies a large object.
import type {
  DeleteObjectTaggingCommandInput,
  GetObjectTaggingCommandInput,
  PutObjectTaggingCommandInput,
  Tag,
} from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import type { S3Context } from "./context.ts";
import type { ObjectEventName } from "./event.ts";
import { type Actions, findVersion, type Named } from "./find.ts";
import { announce } from "./notification.ts";
import { bucketRow, metadataOf, NULL_VERSION, type VersionRow } from "./tables.ts";

const MAX_OBJECT_TAGS = 10;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Each with its own permission for a version that is named. */
const READ: Actions = ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"];
const WRITE: Actions = ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"];
const DELETE: Actions = ["s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"];

export function tagHandlers(context: S3Context): Record<string, RestHandler> {
  const replace = async (
    request: Request,
    input: Named,
    actions: Actions,
    { name, tags }: { name: ObjectEventName; tags: Tag[] },
  ) => {
    const { wake, answer } = await context.database.write(() => {
      const version = findVersion(context, request, input, actions);
      const metadata = JSON.stringify({ ...metadataOf(version), tags });
      context.database
        .sql("UPDATE object_version SET metadata = ? WHERE sequence = ?")
        .run(metadata, version.sequence);
      const { bucket, key, etag, version_id } = version;
      const versionId = version_id === NULL_VERSION ? undefined : version_id;
      const wake = announce(context, request, bucket, { name, key, etag, versionId });
      return { wake, answer: shownId(context, version) };
    });
    wake();
    return answer;
  };
  return {
    GetObjectTagging: async (input: GetObjectTaggingCommandInput, request) => {
      const version = findVersion(context, request, input, READ);
      return { TagSet: metadataOf(version).tags ?? [], ...shownId(context, version) };
    },
    PutObjectTagging: async (input: PutObjectTaggingCommandInput, request) => {
      const tags = input.Tagging?.TagSet ?? [];
      checkTags(tags);
      return replace(request, input, WRITE, { name: "ObjectTagging:Put", tags });
    },
    DeleteObjectTagging: (input: DeleteObjectTaggingCommandInput, request) =>
      replace(request, input, DELETE, { name: "ObjectTagging:Delete", tags: [] }),
  };
}

/** Of the header that comes with an upload: `a=1&b=2`. */
export function tagsFrom(header: string | undefined): Tag[] {
  const tags = [...new URLSearchParams(header ?? "")].map(([Key, Value]) => ({ Key, Value }));
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    const detail = { ArgumentName: "x-amz-tagging", ArgumentValue: header ?? "" };
    throw new ServiceError("InvalidArgument", message, { detail });
  }
  checkTags(tags);
  return tags;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tag.html */
export function checkTags(tags: readonly Tag[], maximum = MAX_OBJECT_TAGS): void {
  if (tags.length > maximum)
    throw new ServiceError("BadRequest", `Object tags cannot be greater than ${maximum}`);
  const seen = new Set<string>();
  for (const { Key = "", Value = "" } of tags) {
    if (Key === "" || Key.length > 128 || !TAG_TEXT.test(Key))
      throw invalidTag("The TagKey you have provided is invalid", Key);
    if (Value.length > 256 || !TAG_TEXT.test(Value))
      throw invalidTag("The TagValue you have provided is invalid", Key);
    if (Key.startsWith("aws:")) throw invalidTag("System tags cannot be added/updated by requester", Key);
    if (seen.has(Key)) throw invalidTag("Cannot provide multiple Tags with the same key", Key);
    seen.add(Key);
  }
}

function invalidTag(message: string, TagKey: string): ServiceError {
  return new ServiceError("InvalidTag", message, { detail: { TagKey } });
}

function shownId({ database }: S3Context, { bucket, version_id }: VersionRow): { VersionId?: string } {
  return bucketRow(database, bucket).versioning === null ? {} : { VersionId: version_id };
}
