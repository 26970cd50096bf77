// Tags of objects, kept with each version. The aws command line reads them before it copies a large object.
import type {
  DeleteObjectTaggingCommandInput,
  GetObjectTaggingCommandInput,
  PutObjectTaggingCommandInput,
  Tag,
} from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import type { S3Context } from "./context.ts";
import { type Actions, findVersion, type Named } from "./find.ts";
import { metadataOf, type VersionRow } from "./tables.ts";

/** Each with its own permission for a version that is named. */
const READ: Actions = ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"];
const WRITE: Actions = ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"];
const DELETE: Actions = ["s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"];

export function tagHandlers(context: S3Context): Record<string, RestHandler> {
  const replace = (request: Request, input: Named, actions: Actions, tags: Tag[]) =>
    context.database.write(() => {
      const version = findVersion(context, request, input, actions);
      const metadata = JSON.stringify({ ...metadataOf(version), tags });
      context.database
        .sql("UPDATE object_version SET metadata = ? WHERE sequence = ?")
        .run(metadata, version.sequence);
      return shownId(version, input);
    });
  return {
    GetObjectTagging: async (input: GetObjectTaggingCommandInput, request) => {
      const version = findVersion(context, request, input, READ);
      return { TagSet: metadataOf(version).tags ?? [], ...shownId(version, input) };
    },
    PutObjectTagging: (input: PutObjectTaggingCommandInput, request) =>
      replace(request, input, WRITE, input.Tagging?.TagSet ?? []),
    DeleteObjectTagging: (input: DeleteObjectTaggingCommandInput, request) =>
      replace(request, input, DELETE, []),
  };
}

/** Of the header that comes with an upload: `a=1&b=2`. */
export function tagsFrom(header: string | undefined): Tag[] {
  return [...new URLSearchParams(header ?? "")].map(([Key, Value]) => ({ Key, Value }));
}

function shownId({ version_id }: VersionRow, { VersionId }: Named): { VersionId?: string } {
  return VersionId === undefined ? {} : { VersionId: version_id };
}
