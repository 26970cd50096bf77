// What several checks look at, asked for once and only when a check needs it.
import { GetBucketNotificationConfigurationCommand, type QueueConfiguration } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type FunctionFacts, type Lane, type MappingFacts, readFunction, readMapping } from "../engine.ts";
import type { Target } from "../target.ts";

export type QueueName = Lane | "dead-letter";

export interface Facts {
  queue(name: QueueName): Promise<Partial<Record<string, string>>>;
  announcements(): Promise<QueueConfiguration[]>;
  function(): Promise<FunctionFacts>;
  mapping(lane: Lane): Promise<MappingFacts>;
}

export function factsOf(target: Target): Facts {
  const { s3, sqs, sourceBucket, engine } = target;
  const urls = {
    work: target.workQueueUrl,
    backfill: target.backfillQueueUrl,
    "dead-letter": target.deadLetterQueueUrl,
  };
  const known = new Map<string, Promise<unknown>>();
  const once = <Fact>(name: string, ask: () => Promise<Fact>): Promise<Fact> => {
    if (!known.has(name)) known.set(name, ask());
    return known.get(name) as Promise<Fact>;
  };
  const engineNeeded = () => {
    if (engine) return engine;
    throw new Error("The stack's outputs do not name its function and its event source mapping.");
  };
  return {
    queue: (name) =>
      once(`queue ${name}`, async () => {
        const command = new GetQueueAttributesCommand({ QueueUrl: urls[name], AttributeNames: ["All"] });
        return (await sqs.send(command)).Attributes ?? {};
      }),
    announcements: () =>
      once("announcements", async () => {
        const command = new GetBucketNotificationConfigurationCommand({ Bucket: sourceBucket });
        return (await s3.send(command)).QueueConfigurations ?? [];
      }),
    function: () => once("function", async () => await readFunction(engineNeeded())),
    mapping: (lane) => once(`mapping ${lane}`, async () => await readMapping(engineNeeded(), lane)),
  };
}
