// What several checks look at, asked for once and only when a check needs it.
import { GetBucketNotificationConfigurationCommand, type QueueConfiguration } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import {
  type Engine,
  type FunctionFacts,
  type Lane,
  type MappingFacts,
  readFunction,
  readMapping,
} from "../engine.ts";
import type { Target } from "../target.ts";

export type BucketName = "source" | "destination";
export type QueueName = Lane | "dead-letter";

export interface Facts {
  /** One or two. */
  lanes: readonly Lane[];
  queue(name: QueueName): Promise<Partial<Record<string, string>>>;
  announcements(of: BucketName): Promise<QueueConfiguration[]>;
  /** Whether the source bucket tells EventBridge of its events. */
  tellsEventBridge(): Promise<boolean>;
  /** Throws when the outputs of the stack do not name it. */
  engine(): Engine;
  function(): Promise<FunctionFacts>;
  mapping(lane: Lane): Promise<MappingFacts>;
}

export function factsOf(target: Target): Facts {
  const { s3, sqs } = target;
  const urls = {
    work: target.workQueueUrl,
    backfill: target.backfillQueueUrl,
    "dead-letter": target.deadLetterQueueUrl,
  };
  const buckets = { source: target.sourceBucket, destination: target.destinationBucket };
  const known = new Map<string, Promise<unknown>>();
  const once = <Fact>(name: string, ask: () => Promise<Fact>): Promise<Fact> => {
    if (!known.has(name)) known.set(name, ask());
    return known.get(name) as Promise<Fact>;
  };
  const engine = () => {
    if (target.engine) return target.engine;
    throw new Error("The stack's outputs do not name its function and its event source mapping.");
  };
  const notifications = (of: BucketName) =>
    once(`notifications of ${of}`, () =>
      s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: buckets[of] })),
    );
  return {
    lanes: target.backfillQueueUrl === undefined ? ["work"] : ["work", "backfill"],
    engine,
    queue: (name) =>
      once(`queue ${name}`, async () => {
        const command = new GetQueueAttributesCommand({ QueueUrl: urls[name], AttributeNames: ["All"] });
        return (await sqs.send(command)).Attributes ?? {};
      }),
    announcements: async (of) => (await notifications(of)).QueueConfigurations ?? [],
    tellsEventBridge: async () => (await notifications("source")).EventBridgeConfiguration !== undefined,
    function: () => once("function", async () => await readFunction(engine())),
    mapping: (lane) => once(`mapping ${lane}`, async () => await readMapping(engine(), lane)),
  };
}
