// Amazon S3, general-purpose buckets: what the SDK, the aws command line, rclone and s3cmd use. Bytes are immutable files,
// everything else is rows; an object and the messages that announce it commit in one transaction.
import * as client from "@aws-sdk/client-s3";
import type { Handle, Request } from "../protocol/http.ts";
import { readModel, ServiceError } from "../protocol/model.ts";
import type { Target } from "../protocol/rest-router.ts";
import { createRestXmlServer, type RestHandler, type RestXmlService } from "../protocol/rest-xml.ts";
import { checkOwners } from "./access.ts";
import { attributeHandlers } from "./attributes.ts";
import { bucketHandlers } from "./buckets.ts";
import type { S3Context } from "./context.ts";
import { documentHandlers } from "./documents.ts";
import { listingHandlers } from "./listing.ts";
import { multipartHandlers } from "./multipart.ts";
import { notificationHandlers } from "./notification.ts";
import { objectHandlers } from "./objects.ts";
import { STATUSES } from "./statuses.ts";
import { createTables, namedFiles } from "./tables.ts";
import { tagHandlers } from "./tags.ts";
import { uploadListingHandlers } from "./upload-listing.ts";
import { versionListingHandlers } from "./version-listing.ts";

/** Every operation served, by its name in the model. */
export function s3Handlers(context: S3Context): Record<string, RestHandler> {
  const handlers = Object.entries<RestHandler>({
    ...bucketHandlers(context),
    ...documentHandlers(context),
    ...notificationHandlers(context),
    ...listingHandlers(context),
    ...versionListingHandlers(context),
    ...objectHandlers(context),
    ...multipartHandlers(context),
    ...uploadListingHandlers(context),
    ...tagHandlers(context),
    ...attributeHandlers(context),
  });
  const checked = handlers.map(([name, handler]): [string, RestHandler] => [
    name,
    async (input, request) => {
      checkOwners(context, request);
      return handler(input, request);
    },
  ]);
  return Object.fromEntries(checked);
}

export async function createS3(
  context: S3Context,
  front: Pick<RestXmlService, "authenticate" | "reportBug">,
): Promise<Handle> {
  createTables(context.database);
  await context.blobs.sweep(namedFiles(context.database));
  return createRestXmlServer({
    model: readModel(client),
    handlers: s3Handlers(context),
    target: targetOf,
    statuses: STATUSES,
    ...front,
  });
}

/** `bucket.s3.….amazonaws.com/key`, `bucket.localhost/key`, or path style: `host/bucket/key`. */
function targetOf({ host, path }: Request): Target {
  const decoded = decodePath(path);
  const [, aws, local] = /^(.+)\.s3[.-][^:]*(?::\d+)?$|^(.+)\.localhost(?::\d+)?$/.exec(host) ?? [];
  const hosted = aws ?? local;
  if (hosted !== undefined && hosted !== "s3") return { bucket: hosted, key: decoded.slice(1) || undefined };
  const slash = decoded.indexOf("/", 1);
  if (slash < 0) return { bucket: decoded.slice(1) || undefined };
  return { bucket: decoded.slice(1, slash), key: decoded.slice(slash + 1) || undefined };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new ServiceError("InvalidURI", "Couldn't parse the specified URI.");
  }
}
