// A local cloud with a queue, its dead-letter queue, a role that may poll it, and the function in fixtures/.
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { FunctionConfiguration, FunctionLog } from "../../../local/lambda/function.ts";
import { createLambda, type Lambda } from "../../../local/lambda/lambda.ts";
import type { MappingConfiguration, Scaling } from "../../../local/lambda/mappings/event-source-mapping.ts";
import { sqsClient, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { aFunction } from "./a-function.ts";

interface Batch {
  batch: Record<string, unknown>[];
  pid: number;
}

export interface Scene {
  cloud: TestCloud;
  lambda: Lambda;
  sqs: SQSClient;
  logged: FunctionLog[];
  /** What the function was invoked with, in order. */
  batches(): Batch[];
  /** The messages of them all. */
  works(): Batch["batch"];
  problems(): string[];
  addQueue(name: string, attributes?: Record<string, string>): Promise<string>;
  urlOf(queue: string): string;
  send(queue: string, work: object): Promise<void>;
  counts(queue: string): Promise<{ visible: number; inFlight: number }>;
  isEmpty(queue: string): Promise<boolean>;
  allow(...actions: string[]): void;
  /** Work that is under way until it is opened. */
  gate(): { work: object; open(): void };
  stop(): Promise<void>;
}

const POLLING = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

export async function setScene(options: {
  maximumEnvironments: number;
  scaling?: Scaling;
  /** What is under way when it is stopped has so long to end. */
  closeGraceMs?: number;
  function?: Partial<FunctionConfiguration>;
}): Promise<Scene> {
  const cloud = await startTestCloud();
  const logged: FunctionLog[] = [];
  const { maximumEnvironments, scaling, closeGraceMs = 500 } = options;
  const lambda = createLambda(cloud, {
    ...{ maximumEnvironments, scaling },
    closeGraceMs,
    log: (line) => logged.push(line),
  });
  const sqs = sqsClient(cloud);
  const urlOf = (queue: string) => `${cloud.endpoint}/${cloud.accountId}/${queue}`;
  const allow = (...Action: string[]) => {
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    cloud.iam.putRolePolicy(
      aFunction().roleArn,
      "polling",
      JSON.stringify({ Version: "2012-10-17", Statement }),
    );
  };
  cloud.iam.putRole(aFunction().roleArn, trust("lambda.amazonaws.com"));
  allow(...POLLING);
  lambda.putFunction(aFunction({ timeoutSeconds: 30, ...options.function }));
  lambda.resume();
  const counts = async (queue: string) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ["All"] }),
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  };
  const batches = () =>
    logged.filter(({ stream }) => stream === "stdout").map(({ line }) => JSON.parse(line) as Batch);
  return {
    ...{ cloud, lambda, sqs, logged, allow, counts, batches },
    works: () => batches().flatMap(({ batch }) => batch),
    problems: () => logged.filter(({ requestId }) => requestId === undefined).map(({ line }) => line),
    async addQueue(name, attributes = {}) {
      await sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: "30", ...attributes } }),
      );
      return `arn:aws:sqs:${cloud.region}:${cloud.accountId}:${name}`;
    },
    urlOf,
    async send(queue, work) {
      await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: JSON.stringify(work) }));
    },
    async isEmpty(queue) {
      const { visible, inFlight } = await counts(queue);
      return visible + inFlight === 0;
    },
    gate() {
      const file = join(cloud.dataDirectory, `gate-${randomUUID()}`);
      return { work: { do: "gate", file }, open: () => writeFileSync(file, "") };
    },
    async stop() {
      await lambda.close();
      await cloud.stop();
    },
  };
}

export function trust(service: string): string {
  const Statement = [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

export function aMapping(
  eventSourceArn: string,
  changes: Partial<MappingConfiguration> = {},
): MappingConfiguration {
  return {
    id: eventSourceArn.split(":").at(-1) ?? "",
    functionArn: aFunction().arn,
    eventSourceArn,
    batchSize: 10,
    batchWindowSeconds: 0,
    maximumConcurrency: 10,
    reportBatchItemFailures: true,
    enabled: true,
    ...changes,
  };
}
