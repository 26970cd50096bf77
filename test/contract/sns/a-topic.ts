// A topic for the tests of one `describe`, and queues that may receive from it.
import type { Message } from "@aws-sdk/client-sqs";
import { until } from "../../support/until.ts";
import { type TestQueue, useQueues } from "../sqs/a-queue.ts";
import { newName, type Target } from "../target.ts";

export interface TestTopic {
  name: string;
  arn: string;
  /** A new queue that the topic may send to, and its subscription. */
  subscribe(attributes?: Record<string, string>): Promise<Subscriber>;
}

export interface Subscriber {
  queue: TestQueue;
  arn: string;
  /** The next so many messages. */
  receive(count?: number): Promise<Message[]>;
  /** Of the next message. */
  notification(): Promise<Record<string, unknown>>;
}

export function useTopic(target: Target): TestTopic {
  const topic = {} as TestTopic;
  const queues = useQueues(target);
  before(async () => {
    const name = newName();
    const { TopicArn = "" } = await target.sns.createTopic({ Name: name });
    const subscribe = async (Attributes: Record<string, string> = {}) => {
      const queue = await queues();
      await allowTopic(queue, TopicArn);
      const subscription = { TopicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes };
      const { SubscriptionArn = "" } = await target.sns.subscribe(subscription);
      return subscriberOf(queue, SubscriptionArn);
    };
    Object.assign(topic, { name, arn: TopicArn, subscribe } satisfies TestTopic);
  });
  after(() => target.sns.deleteTopic({ TopicArn: topic.arn }));
  return topic;
}

// https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
export function allowTopic(queue: TestQueue, topicArn: string): Promise<unknown> {
  const statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
    Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
  };
  return queue.set({ Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) });
}

export function subscriberOf(queue: TestQueue, arn: string): Subscriber {
  const subscriber: Subscriber = {
    queue,
    arn,
    async receive(count = 1) {
      const received: Message[] = [];
      await until(`${count} messages arrive`, async () => {
        received.push(...(await queue.receive({ MessageAttributeNames: ["All"], VisibilityTimeout: 600 })));
        return received.length >= count;
      });
      return received;
    },
    notification: async () => JSON.parse((await subscriber.receive())[0]?.Body ?? ""),
  };
  return subscriber;
}
