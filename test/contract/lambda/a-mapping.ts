// An event source mapping for the tests of one `describe`, and what becomes of the messages of its queue.
import type { CreateEventSourceMappingCommandInput } from "@aws-sdk/client-lambda";
import { until } from "../../support/until.ts";
import type { TestQueue } from "../sqs/a-queue.ts";
import type { Target } from "../target.ts";
import { LIMIT_MS, type Order, type TestFunction, whenReady } from "./a-function.ts";

type Settings = Partial<CreateEventSourceMappingCommandInput>;

/** Creates it and waits until it polls; resolves to its id. All are deleted at the end. */
export function useMappings(target: Target) {
  const made: string[] = [];
  after(async function () {
    this.timeout(2 * LIMIT_MS);
    for (const UUID of made) await removeMapping(target, UUID);
  });
  return async (queue: TestQueue, fed: TestFunction, settings: Settings = {}): Promise<string> => {
    const input = { EventSourceArn: queue.arn, FunctionName: fed.name, ...settings };
    const { UUID = "" } = await whenReady(() => target.lambda.createEventSourceMapping(input));
    made.push(UUID);
    await isIn(target, UUID, settings.Enabled === false ? "Disabled" : "Enabled");
    return UUID;
  };
}

export async function isIn({ lambda }: Target, UUID: string, state: string): Promise<void> {
  const isSo = async () => (await lambda.getEventSourceMapping({ UUID })).State === state;
  await until(`the mapping is ${state}`, isSo, LIMIT_MS);
}

export async function isGone({ lambda }: Target, UUID: string): Promise<void> {
  const isSo = () =>
    lambda.getEventSourceMapping({ UUID }).then(
      () => false,
      (error: Error) => error.name === "ResourceNotFoundException",
    );
  await until("the mapping is gone", isSo, LIMIT_MS);
}

/** Gone already is as good. */
async function removeMapping({ lambda }: Target, UUID: string): Promise<void> {
  await whenReady(() => lambda.deleteEventSourceMapping({ UUID })).catch((error: Error) => {
    if (error.name !== "ResourceNotFoundException") throw error;
  });
}

export async function order(queue: TestQueue, ...orders: Order[]): Promise<void> {
  for (const each of orders) await queue.send(JSON.stringify(each));
}

/** Neither waiting nor received: done and deleted, or moved elsewhere. */
async function isEmpty(queue: TestQueue): Promise<boolean> {
  const waiting = Number(await queue.attribute("ApproximateNumberOfMessages"));
  const received = Number(await queue.attribute("ApproximateNumberOfMessagesNotVisible"));
  return waiting + received === 0;
}

export async function emptied(queue: TestQueue): Promise<void> {
  await until("the queue is empty", () => isEmpty(queue), LIMIT_MS);
}
