// What S3 tells of one change of one object.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
import { randomUUID } from "node:crypto";
import type { Principal } from "../iam/principal.ts";
import type { Request } from "../protocol/http.ts";
import { formEncode } from "../protocol/percent-encode.ts";
import type { S3Context } from "./context.ts";
import { nextSequencer } from "./sequencer.ts";
import { bucketRow } from "./tables.ts";

export type ObjectEventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated"
  | "ObjectTagging:Put"
  | "ObjectTagging:Delete";

export interface ObjectEvent {
  name: ObjectEventName;
  key: string;
  bytes?: number;
  etag?: string;
  versionId?: string | undefined;
}

export function recordOf(
  { database, region, now }: S3Context,
  { principal }: Request,
  bucket: string,
  configurationId: string | undefined,
  event: ObjectEvent,
): object {
  const { name, key, bytes, etag, versionId } = event;
  const isTagging = name.startsWith("ObjectTagging:");
  const created = {
    ...(bytes === undefined ? {} : { size: bytes }),
    ...(etag === undefined ? {} : { eTag: etag }),
  };
  return {
    eventVersion: isTagging ? "2.3" : "2.1",
    eventSource: "aws:s3",
    awsRegion: bucketRow(database, bucket).region ?? region,
    eventTime: new Date(now()).toISOString(),
    eventName: name,
    userIdentity: { principalId: principalIdOf(principal) },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": randomUUID(), "x-amz-id-2": "local" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId,
      bucket: { name: bucket, ownerIdentity: { principalId: "LOCAL" }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: formEncode(key),
        ...created,
        ...(versionId === undefined ? {} : { versionId }),
        ...(isTagging ? {} : { sequencer: nextSequencer(now()) }),
      },
    },
  };
}

/** `AWS:worker:session`, where AWS has an id instead of the role's name. */
function principalIdOf(principal: Principal | undefined): string {
  const { kind, arn } = principal ?? { kind: "root", arn: "" };
  return kind === "role" ? `AWS:${arn.split("/").slice(1).join(":")}` : `AWS:${arn.split(":")[4] ?? ""}`;
}
