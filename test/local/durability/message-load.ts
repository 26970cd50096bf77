// Messages of one queue with several clients: sent alone and in batches, received, deleted, given back. None that was
// acknowledged is lost, none whose deletion was acknowledged comes back, and one in flight stays there through a kill.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import type { Load } from "./load.ts";
import { createOpenQueue, drain } from "./queues.ts";
import { sent } from "./request.ts";

interface Entry {
  sent: "acknowledged" | "unknown";
  deleted: "no" | "acknowledged" | "unknown";
  /** Received, and not given back since: nobody else may receive it. */
  held: boolean;
  receives: number;
}

interface Held {
  body: string;
  handle: string;
}

/** The load of the queue, to be shared by several clients: each takes one. */
export function messageLoads(name: string, randoms: readonly Random[]): Load[] {
  const entries = new Map<string, Entry>();
  const problems: string[] = [];
  const counts = { sent: 0, received: 0, deleted: 0, "given back": 0 };
  let queueUrl = "";
  let bodies = 0;

  async function send({ sqs }: Clients, random: Random): Promise<"done" | "lost"> {
    const size = random.chance(0.5) ? random.between(2, 10) : 1;
    const sending = Array.from({ length: size }, () => `${name} ${++bodies}`);
    for (const body of sending)
      entries.set(body, { sent: "unknown", deleted: "no", held: false, receives: 0 });
    const Entries = sending.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const request =
      size > 1
        ? sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
        : sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: sending[0] ?? "" }));
    const result = await sent<unknown>(request);
    if (result.state === "lost") return "lost";
    if (result.state === "refused") throw new Error(`A message was refused: ${result.code}`);
    for (const body of sending) entryOf(body).sent = "acknowledged";
    counts.sent += size;
    return "done";
  }

  function entryOf(body: string): Entry {
    const entry = entries.get(body);
    if (entry) return entry;
    throw new Error(`A message was received that nobody sent: ${body}`);
  }

  function note({ Body = "", Attributes = {}, ReceiptHandle = "" }: Message): Held {
    const entry = entryOf(Body);
    if (entry.deleted === "acknowledged") problems.push(`message ${Body} is back after its deletion`);
    if (entry.held) problems.push(`message ${Body} was received twice within its visibility timeout`);
    entry.receives += 1;
    if (Number(Attributes.ApproximateReceiveCount) < entry.receives)
      problems.push(`message ${Body} has forgotten a receive`);
    entry.held = true;
    return { body: Body, handle: ReceiptHandle };
  }

  async function receive({ sqs }: Clients, random: Random, held: Held[]): Promise<"done" | "lost"> {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: random.between(1, 10),
      MessageSystemAttributeNames: ["All"],
    });
    const result = await sent(sqs.send(command));
    if (result.state !== "done") return "lost";
    const received = (result.answer.Messages ?? []).map(note);
    held.push(...received);
    counts.received += received.length;
    return "done";
  }

  async function remove({ sqs }: Clients, removed: readonly Held[]): Promise<"done" | "lost"> {
    for (const { body } of removed) entryOf(body).deleted = "unknown";
    const Entries = removed.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }));
    const request =
      removed.length > 1
        ? sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
        : sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: removed[0]?.handle }));
    if ((await sent<unknown>(request)).state !== "done") return "lost";
    for (const { body } of removed) entryOf(body).deleted = "acknowledged";
    counts.deleted += removed.length;
    return "done";
  }

  async function giveBack({ sqs }: Clients, { body, handle }: Held): Promise<"done" | "lost"> {
    entryOf(body).held = false; // It may be received before the answer is here.
    const change = { QueueUrl: queueUrl, ReceiptHandle: handle, VisibilityTimeout: 0 };
    if ((await sent(sqs.send(new ChangeMessageVisibilityCommand(change)))).state !== "done") return "lost";
    counts["given back"] += 1;
    return "done";
  }

  const loads = randoms.map((random): Load => {
    const held: Held[] = [];
    return {
      counts: {},
      prepare: async () => {},
      async step(clients) {
        if (random.chance(0.35)) return send(clients, random);
        if (held.length < 5 || random.chance(0.3)) return receive(clients, random, held);
        if (random.chance(0.2)) return giveBack(clients, held.splice(0, 1)[0]!);
        return remove(clients, held.splice(0, random.between(1, Math.min(10, held.length))));
      },
      check: async () => [],
    };
  });
  const [first, ...others] = loads as [Load, ...Load[]];
  const prepare: Load["prepare"] = async ({ sqs }) => {
    queueUrl = await createOpenQueue(sqs, `messages-${name}`);
  };
  return [{ ...first, counts, prepare, check }, ...others];

  async function check({ sqs }: Clients, last: boolean): Promise<string[]> {
    if (!last) return problems.splice(0);
    for (const entry of entries.values()) entry.held = false; // An hour has passed.
    const found = new Set((await drain(sqs, queueUrl)).map((message) => note(message).body));
    const lost = [...entries].filter(
      ([body, entry]) => entry.sent === "acknowledged" && entry.deleted === "no" && !found.has(body),
    );
    return [...problems, ...lost.map(([body]) => `message ${body} is lost`)];
  }
}
