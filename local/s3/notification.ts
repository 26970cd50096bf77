// Event notifications: which events of which keys go to which queue.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
import { randomUUID } from "node:crypto";
import {
  Event,
  type FilterRule,
  type GetBucketNotificationConfigurationCommandInput,
  type NotificationConfiguration,
  type PutBucketNotificationConfigurationCommandInput,
  type QueueConfiguration,
} from "@aws-sdk/client-s3";
import type { Principal } from "../iam/principal.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { type ObjectEvent, recordOf } from "./event.ts";
import { bucketRow, readDocument, writeDocument } from "./tables.ts";

const S3_SERVICE: Principal = { kind: "service", arn: "s3.amazonaws.com" };
const KIND = "Notification";
const FILTER_NAMES = new Map([
  ["prefix", "Prefix"],
  ["suffix", "Suffix"],
]);
const KNOWN_EVENTS: readonly string[] = Object.values(Event);

/** Puts the event's messages into their queues, inside the write that makes it true; returns what to do after the commit. */
export function announce(
  context: S3Context,
  request: Request,
  bucket: string,
  event: ObjectEvent,
): () => void {
  const stored = readDocument(context.database, bucket, KIND);
  if (stored === undefined) return () => {};
  const { QueueConfigurations = [] } = JSON.parse(stored) as NotificationConfiguration;
  const wakes = QueueConfigurations.filter((rule) => matches(rule, event)).map((rule) => {
    try {
      const record = recordOf(context, request, bucket, rule.Id, event);
      return send(context, bucket, rule, JSON.stringify({ Records: [record] }), traceOf(request));
    } catch (error) {
      // As with AWS, a queue that is gone or refuses loses its events: the upload itself must not fail.
      if (error instanceof ServiceError) return () => {};
      throw error;
    }
  });
  return () => {
    for (const wake of wakes) wake();
  };
}

export function notificationHandlers(context: S3Context): Record<string, RestHandler> {
  const { database } = context;
  return {
    GetBucketNotificationConfiguration: async (
      { Bucket = "" }: GetBucketNotificationConfigurationCommandInput,
      request,
    ) => {
      bucketRow(database, Bucket);
      authorize(context, request, "s3:GetBucketNotification", Bucket);
      return JSON.parse(readDocument(database, Bucket, KIND) ?? "{}");
    },
    PutBucketNotificationConfiguration: async (
      input: PutBucketNotificationConfigurationCommandInput,
      request,
    ) => {
      const { Bucket = "", NotificationConfiguration = {}, SkipDestinationValidation = false } = input;
      bucketRow(database, Bucket);
      authorize(context, request, "s3:PutBucketNotification", Bucket);
      const configuration = checked(NotificationConfiguration);
      const wakes = await database.write(() => {
        writeDocument(database, Bucket, KIND, JSON.stringify(configuration));
        return SkipDestinationValidation ? [] : testDestinations(context, Bucket, configuration);
      });
      for (const wake of wakes) wake();
      return undefined;
    },
  };
}

/** S3 proves that it may send before it accepts a configuration, with a message every consumer must expect. */
function testDestinations(
  context: S3Context,
  bucket: string,
  { QueueConfigurations = [] }: NotificationConfiguration,
) {
  const refused: [arn: string, why: string][] = [];
  const wakes = QueueConfigurations.flatMap((rule) => {
    const test = {
      Service: "Amazon S3",
      Event: "s3:TestEvent",
      Time: new Date(context.now()).toISOString(),
      Bucket: bucket,
    };
    try {
      return [
        send(context, bucket, rule, JSON.stringify({ ...test, RequestId: randomUUID(), HostId: "local" })),
      ];
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const isGone = error.name === "QueueDoesNotExist";
      const why = isGone
        ? "The destination queue does not exist"
        : "Permissions on the destination queue do not allow S3 to publish notifications from this bucket";
      refused.push([rule.QueueArn ?? "", why]);
      return [];
    }
  });
  if (refused.length === 0) return wakes;
  const detail = refused.flatMap(([arn, why], index) => [
    [`ArgumentName${index + 1}`, arn],
    [`ArgumentValue${index + 1}`, why],
  ]);
  throw invalid("Unable to validate the following destination configurations", Object.fromEntries(detail));
}

function send(
  { deliver, accountId }: S3Context,
  bucket: string,
  { QueueArn = "" }: QueueConfiguration,
  body: string,
  trace?: string,
): () => void {
  const context = {
    "aws:SourceArn": `arn:aws:s3:::${bucket}`,
    "aws:SourceAccount": accountId,
    "aws:SecureTransport": "true",
  };
  return deliver({ queueArn: QueueArn, body, principal: S3_SERVICE, context, trace });
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-services-s3.html */
function traceOf({ headers }: Request): string | undefined {
  return headers["x-amzn-trace-id"];
}

function matches(rule: QueueConfiguration, { name, key }: ObjectEvent): boolean {
  const wanted = rule.Events?.some((event) => covers(event, `s3:${name}`));
  return (
    wanted === true && key.startsWith(filterOf(rule, "Prefix")) && key.endsWith(filterOf(rule, "Suffix"))
  );
}

function covers(pattern: string, event: string): boolean {
  return pattern === event || (pattern.endsWith(":*") && event.startsWith(pattern.slice(0, -1)));
}

function filterOf({ Filter }: QueueConfiguration, name: "Prefix" | "Suffix"): string {
  return Filter?.Key?.FilterRules?.find((rule) => String(rule.Name) === name)?.Value ?? "";
}

function checked(given: NotificationConfiguration): NotificationConfiguration {
  if (
    given.TopicConfigurations?.length ||
    given.LambdaFunctionConfigurations?.length ||
    given.EventBridgeConfiguration
  ) {
    throw new ServiceError("NotImplemented", "Only queues are served as destinations here.");
  }
  const rules = (given.QueueConfigurations ?? []).map(normalized);
  for (const rule of rules) checkRule(rule);
  if (new Set(rules.map(({ Id }) => Id)).size < rules.length) {
    throw invalid("Same ID used for multiple configurations. IDs must be unique");
  }
  if (rules.some((rule, index) => rules.slice(0, index).some((earlier) => overlap(rule, earlier)))) {
    throw invalid(
      "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
    );
  }
  return { QueueConfigurations: rules };
}

/** S3 gives ids to rules that have none, and its own spelling to the names of filters. */
function normalized({ Id = randomUUID(), Filter, ...rule }: QueueConfiguration): QueueConfiguration {
  const FilterRules = Filter?.Key?.FilterRules?.map((filter) => {
    const name = FILTER_NAMES.get(filter.Name?.toLowerCase() ?? "") ?? filter.Name;
    return { ...filter, Name: name as FilterRule["Name"] };
  });
  return { ...rule, Id, ...(FilterRules && { Filter: { Key: { FilterRules } } }) };
}

function checkRule({ QueueArn = "", Events = [], Filter }: QueueConfiguration): void {
  if (!/^arn:aws[^:]*:sqs:[^:]+:\d{12}:[^:]+$/.test(QueueArn)) {
    throw invalid("The ARN could not be parsed", { ArgumentName: "Queue", ArgumentValue: QueueArn });
  }
  const unknown = Events.find((event) => !KNOWN_EVENTS.includes(event));
  if (unknown !== undefined || Events.length === 0) {
    throw invalid("The event is not supported for notifications", {
      ArgumentName: "Event",
      ArgumentValue: unknown ?? "",
    });
  }
  const names = Filter?.Key?.FilterRules?.map(({ Name = "" }) => String(Name)) ?? [];
  const strange = names.find((name) => name !== "Prefix" && name !== "Suffix");
  if (strange !== undefined) {
    const detail = { ArgumentName: "FilterRule.Name", ArgumentValue: strange };
    throw invalid("filter rule name must be either prefix or suffix", detail);
  }
  if (new Set(names).size < names.length) {
    throw invalid("Cannot specify more than one prefix rule or more than one suffix rule in a filter.");
  }
}

/** Two rules overlap when one event of one key could match both: S3 would not know where to send it. */
function overlap(a: QueueConfiguration, b: QueueConfiguration): boolean {
  const events = a.Events?.some((one) => b.Events?.some((other) => covers(one, other) || covers(other, one)));
  const [aPrefix, bPrefix] = [filterOf(a, "Prefix"), filterOf(b, "Prefix")];
  const [aSuffix, bSuffix] = [filterOf(a, "Suffix"), filterOf(b, "Suffix")];
  const prefixes = aPrefix.startsWith(bPrefix) || bPrefix.startsWith(aPrefix);
  const suffixes = aSuffix.endsWith(bSuffix) || bSuffix.endsWith(aSuffix);
  return events === true && prefixes && suffixes;
}

function invalid(message: string, detail: Record<string, string> = {}): ServiceError {
  return new ServiceError("InvalidArgument", message, { status: 400, detail });
}
