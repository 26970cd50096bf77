// From the body of a message to the source keys it is about. Every record counts; fields we do not use may be anything,
// because AWS adds some in every minor version. Keys are all that is read: what happened to them is looked up.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
import * as v from "valibot";
import { expected } from "../../settings/problem.ts";
import { Failure } from "../failure.ts";

export interface Contents {
  keys: string[];
  /** Set when there is nothing to do and nothing wrong. */
  ignored?: "TEST_EVENT" | "IGNORED";
  /** What could not be read. The keys that could are still worked on. */
  failure?: Failure;
  /** Sent by an operator: look carefully. */
  isRequested: boolean;
}

const ObjectSchema = v.looseObject({
  bucket: v.looseObject({ name: v.string() }),
  object: v.looseObject({ key: v.pipe(v.string(), v.minLength(1)) }),
});

const S3RecordSchema = v.looseObject({
  eventSource: v.literal("aws:s3"),
  eventVersion: v.pipe(v.string(), v.startsWith("2.")),
  s3: ObjectSchema,
});

const S3EventSchema = v.looseObject({ Records: v.pipe(v.array(v.unknown()), v.minLength(1)) });
const S3TestEventSchema = v.looseObject({ Event: v.literal("s3:TestEvent") });
const EventBridgeSchema = v.looseObject({ source: v.literal("aws.s3"), detail: ObjectSchema });
const SnsSchema = v.looseObject({ Type: v.literal("Notification"), Message: v.string() });
const RequestSchema = v.looseObject({
  darkroom: v.literal("reconcile"),
  keys: v.array(v.pipe(v.string(), v.minLength(1))),
});

export function openEnvelope(body: string, sourceBucket: string): Contents {
  const content = parseJson(body);
  const notification = v.safeParse(SnsSchema, content);
  return readContent(notification.success ? parseJson(notification.output.Message) : content, sourceBucket);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readContent(content: unknown, sourceBucket: string): Contents {
  if (v.is(S3TestEventSchema, content)) return { keys: [], ignored: "TEST_EVENT", isRequested: false };
  if (v.is(RequestSchema, content)) return collect(content.keys, (key) => key, true);
  if (v.is(EventBridgeSchema, content)) {
    return collect([content.detail], ({ bucket, object }) => inBucket(sourceBucket, bucket.name, object.key));
  }
  if (v.is(S3EventSchema, content)) {
    return collect(content.Records, (record) => keyOfRecord(record, sourceBucket));
  }
  const what = "an S3 event, an EventBridge event of S3 or a reconcile request";
  return { keys: [], failure: malformed(expected(what, "the message", content)), isRequested: false };
}

/** One bad record does not cost the others theirs. */
function collect<Part>(parts: readonly Part[], keyOf: (part: Part) => string, isRequested = false): Contents {
  const keys = new Set<string>();
  let failure: Failure | undefined;
  for (const part of parts) {
    try {
      keys.add(keyOf(part));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failure ??= error;
    }
  }
  const files = [...keys].filter((key) => !key.endsWith("/")); // folders are empty objects made by consoles
  if (failure) return { keys: files, failure, isRequested };
  return files.length > 0 ? { keys: files, isRequested } : { keys: [], ignored: "IGNORED", isRequested };
}

function keyOfRecord(record: unknown, sourceBucket: string): string {
  const result = v.safeParse(S3RecordSchema, record);
  if (!result.success) {
    const [issue] = result.issues;
    throw malformed(expected(issue.expected, v.getDotPath(issue) ?? "a record", issue.input));
  }
  const { bucket, object } = result.output.s3;
  return inBucket(sourceBucket, bucket.name, decodeKey(object.key));
}

/** S3 encodes keys in its own events like a form: a space is `+`. EventBridge has them as they are. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw malformed(expected("a url-encoded key", "s3.object.key", encoded));
  }
}

function inBucket(sourceBucket: string, bucket: string, key: string): string {
  if (bucket === sourceBucket) return key;
  throw malformed(expected(sourceBucket, "the bucket of the event", bucket));
}

function malformed(message: string): Failure {
  return new Failure("MESSAGE_MALFORMED", message);
}
