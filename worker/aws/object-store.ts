// A bucket, over S3. Etags are without their quotes everywhere but on the wire.
//
// Behind a fence: once the invocation's time is over, nothing is sent any more. Lambda freezes an environment between
// invocations. What was abandoned at the deadline wakes up inside a later one, when another worker may long have finished
// its image: be it the worker's next request, or the SDK's next try of the last one.
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { ObjectStore, OpenObject, StoredObject } from "../reconcile/store.ts";
import { isNamed, statusOf, toAwsFailure } from "./errors.ts";
import { fenceOf } from "./fence.ts";

/** Callers get what `throwIfOver` throws, so it should be a Failure. */
export function createObjectStore(
  client: S3Client,
  bucket: string,
  throwIfOver: () => void = () => {},
): ObjectStore {
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  const fence = fenceOf(throwIfOver);
  return {
    async get(key, { ifNoneMatch } = {}) {
      const condition = ifNoneMatch === undefined ? {} : { IfNoneMatch: quote(ifNoneMatch) };
      try {
        return open(await client.send(new GetObjectCommand({ ...at(key), ...condition }), fence));
      } catch (error) {
        if (statusOf(error) === 304) return "unchanged";
        // By name: a missing bucket is a 404 too, and must never look like a removed source.
        if (isNamed(error, "NoSuchKey")) return "absent";
        throw toAwsFailure(error);
      }
    },

    async head(key) {
      try {
        return describe(await client.send(new HeadObjectCommand(at(key)), fence));
      } catch (error) {
        if (statusOf(error) === 404) return "absent"; // an answer to HEAD has no body to name the error
        throw toAwsFailure(error);
      }
    },

    async list(folder) {
      const found = new Map<string, string>();
      try {
        const asked = { Bucket: bucket, Prefix: folder, Delimiter: "/" };
        for await (const page of paginateListObjectsV2({ client }, asked, fence)) {
          for (const [key, etag] of namesIn(page)) found.set(key, etag);
        }
      } catch (error) {
        throw toAwsFailure(error);
      }
      return found;
    },

    async put(key, body, { contentType, cacheControl, metadata, condition }) {
      const command = new PutObjectCommand({
        ...at(key),
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
        ...(metadata && { Metadata: metadata }),
        ...("ifMatch" in condition ? { IfMatch: quote(condition.ifMatch) } : { IfNoneMatch: "*" }),
      });
      try {
        const { ETag = "" } = await client.send(command, fence);
        return { etag: unquote(ETag) };
      } catch (error) {
        if (lostCondition(error)) return "precondition-failed";
        throw toAwsFailure(error);
      }
    },

    async delete(key, { ifMatch }) {
      try {
        await client.send(new DeleteObjectCommand({ ...at(key), IfMatch: quote(ifMatch) }), fence);
        return "deleted";
      } catch (error) {
        if (isNamed(error, "NoSuchKey")) return "deleted";
        if (lostCondition(error)) return "precondition-failed";
        throw toAwsFailure(error);
      }
    },
  };
}

/**
 * 412: something else stands there. 409: somebody is writing there at this moment. NoSuchKey: what If-Match asks for was
 * deleted. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function lostCondition(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409 || isNamed(error, "NoSuchKey");
}

function namesIn({ Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput): [string, string][] {
  return [
    ...Contents.map(({ Key = "", ETag = "" }): [string, string] => [Key, unquote(ETag)]),
    ...CommonPrefixes.map(({ Prefix = "" }): [string, string] => [Prefix, ""]),
  ];
}

function open(output: GetObjectCommandOutput): OpenObject {
  const { Body: body } = output;
  if (body === undefined) throw new Error("Expected a body for the object, but received nothing.");
  return {
    ...describe(output),
    async read() {
      try {
        return await body.transformToByteArray();
      } catch (error) {
        throw toAwsFailure(error);
      }
    },
    discard() {
      if ("destroy" in body) body.destroy();
    },
  };
}

function describe(output: GetObjectCommandOutput | HeadObjectCommandOutput): StoredObject {
  const { ETag = "", ContentLength = 0, VersionId, LastModified, Metadata = {} } = output;
  const modified = LastModified?.toISOString() ?? "";
  return { etag: unquote(ETag), bytes: ContentLength, versionId: VersionId, modified, metadata: Metadata };
}

function quote(etag: string): string {
  return `"${etag}"`;
}

function unquote(etag: string): string {
  return etag.replaceAll('"', "");
}
