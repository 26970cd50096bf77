// A queue for the tests of one `describe`, or of one test; and the shortest way to send to it and receive from it.
import type {
  Message,
  QueueAttributeName,
  ReceiveMessageCommandInput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from "@aws-sdk/client-sqs";
import { newName, type Target } from "../target.ts";

export type Attributes = Partial<Record<QueueAttributeName, string>>;

export interface TestQueue {
  name: string;
  url: string;
  arn: string;
  send(body: string, more?: Partial<SendMessageCommandInput>): Promise<SendMessageCommandOutput>;
  /** What is there now, or comes within the wait (two seconds, so that an eventually consistent queue can answer). */
  receive(more?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>;
  /** Without a wait. */
  peek(more?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>;
  attribute(name: QueueAttributeName): Promise<string | undefined>;
  set(attributes: Attributes): Promise<unknown>;
  remove(): Promise<void>;
}

async function createQueue({ sqs }: Target, attributes: Attributes = {}): Promise<TestQueue> {
  const name = newName();
  const { QueueUrl = "" } = await sqs.createQueue({ QueueName: name, Attributes: attributes });
  const queue: TestQueue = {
    name,
    url: QueueUrl,
    arn: "",
    send: (MessageBody, more = {}) => sqs.sendMessage({ QueueUrl, MessageBody, ...more }),
    receive: async (more = {}) =>
      (await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, ...more }))
        .Messages ?? [],
    peek: (more) => queue.receive({ WaitTimeSeconds: 0, ...more }),
    attribute: async (AttributeName) =>
      (await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [AttributeName] })).Attributes?.[
        AttributeName
      ],
    set: (Attributes) => sqs.setQueueAttributes({ QueueUrl, Attributes }),
    remove: async () => void (await sqs.deleteQueue({ QueueUrl })),
  };
  queue.arn = (await queue.attribute("QueueArn")) ?? "";
  return queue;
}

/** Filled by `before`, deleted by `after`. */
export function useQueue(target: Target, attributes: Attributes = {}): TestQueue {
  const queue = {} as TestQueue;
  before(async () => void Object.assign(queue, await createQueue(target, attributes)));
  after(() => queue.remove());
  return queue;
}

/** For queues that tests make for themselves: all are deleted at the end. */
export function useQueues(target: Target): (attributes?: Attributes) => Promise<TestQueue> {
  const made: TestQueue[] = [];
  after(async () => {
    for (const queue of made) await queue.remove();
  });
  return async (attributes) => {
    const queue = await createQueue(target, attributes);
    made.push(queue);
    return queue;
  };
}
