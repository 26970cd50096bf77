// Topics, their policies and their subscriptions. An e-mail subscription waits for a confirmation that never comes: it is
// listed as recorded.
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  type Subscription,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";
import { type Attribute, givenAttributes, type Inputs } from "./values.ts";

const TOPIC_ATTRIBUTES: readonly Attribute[] = [
  ["displayName", "DisplayName", ""],
  ["deliveryPolicy", "DeliveryPolicy", ""],
  ["kmsMasterKeyId", "KmsMasterKeyId", ""],
  ["signatureVersion", "SignatureVersion", "1"],
  ["tracingConfig", "TracingConfig", "PassThrough"],
  ["policy", "Policy"],
];

interface SubscriptionInputs {
  /** The topic's arn. */
  topic: string;
  protocol: string;
  endpoint: string;
  rawMessageDelivery?: boolean;
  filterPolicy?: string;
  filterPolicyScope?: string;
  redrivePolicy?: string;
}

const TOPIC = "aws:sns/topic:Topic";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

export const snsTypes: Record<string, Make> = {
  [TOPIC]: makeTopic,
  "aws:sns/topicPolicy:TopicPolicy": makePolicy,
  [SUBSCRIPTION]: makeSubscription,
};

async function makeTopic(
  declared: Declared<Inputs & { name?: string; tags?: Record<string, string> }>,
  target: Target,
): Promise<Made> {
  const { inputs } = declared;
  const { sns, accountId } = target;
  if (inputs.fifoTopic) throw new Error("Expected a standard topic: FIFO topics are not served here.");
  const name = inputs.name ?? physicalName(declared, 256);
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
  for (const [AttributeName, AttributeValue] of Object.entries(givenAttributes(inputs, TOPIC_ATTRIBUTES)))
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
  await setTags(sns, TopicArn, inputs.tags ?? {});
  return { id: TopicArn, outputs: { name, arn: TopicArn, owner: accountId } };
}

async function setTags(sns: SNSClient, ResourceArn: string, tags: Record<string, string>): Promise<void> {
  const { Tags: before = [] } = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
  const TagKeys = before.flatMap(({ Key = "" }) => (Key in tags ? [] : [Key]));
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (TagKeys.length > 0) await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys }));
  if (Tags.length > 0) await sns.send(new TagResourceCommand({ ResourceArn, Tags }));
}

async function makePolicy(
  { inputs }: Declared<{ arn: string; policy: string }>,
  { sns, accountId }: Target,
): Promise<Made> {
  const { arn: TopicArn, policy: AttributeValue } = inputs;
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
  return { id: TopicArn, outputs: { owner: accountId } };
}

async function makeSubscription(
  { inputs }: Declared<SubscriptionInputs>,
  { sns, accountId }: Target,
): Promise<Made> {
  const { topic: TopicArn, protocol: Protocol, endpoint: Endpoint } = inputs;
  const wanted = attributesOf(inputs);
  const known = (await subscriptionsOf(sns, TopicArn)).find(
    (each) => each.Protocol === Protocol && each.Endpoint === Endpoint && isConfirmed(each),
  );
  if (known) {
    const SubscriptionArn = known.SubscriptionArn;
    for (const [AttributeName, AttributeValue] of wanted)
      await sns.send(
        new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }),
      );
  }
  const { SubscriptionArn: arn = "" } =
    known ??
    (await sns.send(
      new SubscribeCommand({
        ...{ TopicArn, Protocol, Endpoint, ReturnSubscriptionArn: true },
        Attributes: Object.fromEntries(wanted),
      }),
    ));
  const outputs = { arn, ownerId: accountId, pendingConfirmation: Protocol !== "sqs" };
  return { id: arn, outputs, isOnlyRecorded: Protocol !== "sqs" };
}

/** In an order in which the policy there is, the scope and the policy that is wanted agree at each step. */
function attributesOf(inputs: SubscriptionInputs): [name: string, value: string][] {
  const { rawMessageDelivery = false, filterPolicy = "{}", redrivePolicy = "" } = inputs;
  const { filterPolicyScope = "MessageAttributes" } = inputs;
  const filter: [string, string][] = [
    ["FilterPolicyScope", filterPolicyScope],
    ["FilterPolicy", filterPolicy],
  ];
  return [
    ["RawMessageDelivery", String(rawMessageDelivery)],
    ["RedrivePolicy", redrivePolicy],
    ...(filterPolicyScope === "MessageBody" ? filter : filter.reverse()),
  ];
}

/** A deployed topic has the subscriptions that its program declares, and no other: what it declared before may be gone. */
export async function endUndeclared(deployed: readonly Declared[], target: Target): Promise<void> {
  const { sns, region, accountId } = target;
  const declared = deployed.filter(({ type }) => type === SUBSCRIPTION).map(({ inputs }) => inputs);
  for (const topic of deployed.filter(({ type }) => type === TOPIC)) {
    const name = topic.inputs.name ?? physicalName(topic, 256);
    const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
    for (const { SubscriptionArn, Protocol, Endpoint } of (await subscriptionsOf(sns, arn)).filter(
      isConfirmed,
    )) {
      const isDeclared = declared.some(
        (inputs) => inputs.topic === arn && inputs.protocol === Protocol && inputs.endpoint === Endpoint,
      );
      if (!isDeclared) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    }
  }
}

async function subscriptionsOf(sns: SNSClient, TopicArn: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn, ...(NextToken && { NextToken }) }),
    );
    found.push(...(page.Subscriptions ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

function isConfirmed({ SubscriptionArn = "" }: Subscription): boolean {
  return SubscriptionArn.startsWith("arn:");
}
