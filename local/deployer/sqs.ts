// Queues and their policies.
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";
import { type Attribute, givenAttributes, type Inputs } from "./values.ts";

const ATTRIBUTES: readonly Attribute<QueueAttributeName>[] = [
  ["visibilityTimeoutSeconds", "VisibilityTimeout", "30"],
  ["messageRetentionSeconds", "MessageRetentionPeriod", "345600"],
  ["maxMessageSize", "MaximumMessageSize", "1048576"],
  ["delaySeconds", "DelaySeconds", "0"],
  ["receiveWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds", "0"],
  ["sqsManagedSseEnabled", "SqsManagedSseEnabled"],
  ["kmsMasterKeyId", "KmsMasterKeyId"],
  ["kmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds"],
  ["fifoQueue", "FifoQueue"],
  ["policy", "Policy"],
  ["redrivePolicy", "RedrivePolicy"],
  ["redriveAllowPolicy", "RedriveAllowPolicy"],
];

export const sqsTypes: Record<string, Make> = {
  "aws:sqs/queue:Queue": makeQueue,
  "aws:sqs/queuePolicy:QueuePolicy": attribute("policy", "Policy"),
  "aws:sqs/redrivePolicy:RedrivePolicy": attribute("redrivePolicy", "RedrivePolicy"),
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": attribute("redriveAllowPolicy", "RedriveAllowPolicy"),
};

function attribute(input: string, name: QueueAttributeName): Make {
  return async ({ inputs }: Declared<Inputs & { queueUrl: string }>, { sqs }) => {
    const { queueUrl, [input]: value } = inputs;
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes: { [name]: String(value) } }),
    );
    return { id: queueUrl, outputs: {} };
  };
}

async function makeQueue(declared: Declared<Inputs & { name?: string }>, target: Target): Promise<Made> {
  const { sqs, region, accountId } = target;
  const name = declared.inputs.name ?? physicalName(declared, 80);
  const attributes = givenAttributes(declared.inputs, ATTRIBUTES);
  const url = (await existingUrl(name, target)) ?? "";
  if (url !== "") await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
  const { QueueUrl = url } =
    url === "" ? await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes })) : {};
  return {
    id: QueueUrl,
    outputs: { name, url: QueueUrl, arn: `arn:aws:sqs:${region}:${accountId}:${name}` },
  };
}

async function existingUrl(name: string, { sqs }: Target): Promise<string | undefined> {
  try {
    return (await sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}
