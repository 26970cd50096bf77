// Objects of a bucket that keeps no versions and announces every change: puts, overwrites, conditional puts, deletions.
// Only one client writes to a key, so what may be there is known; and every change has exactly one message.
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import { createLedger } from "./ledger.ts";
import { fingerprintOf, type Load, someContent } from "./load.ts";
import { createOpenQueue, drain } from "./queues.ts";
import { type Sent, sent } from "./request.ts";

const KEYS = 40;
const REMOVED = "removed";

export function objectLoad(name: string, random: Random): Load {
  const bucket = `objects-${name}`;
  const queueName = `events-${name}`;
  const ledger = createLedger<string | undefined>(undefined);
  /** Of each key and etag: how many messages there must be, and how many there may be. */
  const events = new Map<string, { least: number; most: number }>();
  const counts = { puts: 0, overwrites: 0, conditions: 0, deletions: 0 };
  let queueUrl = "";

  async function change<Answer>(key: string, next: string | undefined, request: Promise<Answer>) {
    const entry = ledger.begin(key, next);
    const name = `${key} ${next ?? REMOVED}`;
    const event = events.get(name) ?? { least: 0, most: 0 };
    events.set(name, event);
    event.most += 1;
    const result = await sent(request);
    if (result.state === "done") {
      entry.acknowledged();
      event.least += 1;
    } else if (result.state === "refused") {
      entry.refused();
      event.most -= 1;
    }
    return result;
  }

  async function put({ s3 }: Clients, key: string): Promise<Sent<unknown>> {
    const before = ledger.possible(key);
    const { body, fingerprint } = someContent(random);
    const onCondition = before.length === 1 && random.chance(0.4);
    const condition = before[0] === undefined ? { IfNoneMatch: "*" } : { IfMatch: `"${before[0]}"` };
    const command = { Bucket: bucket, Key: key, Body: body, ...(onCondition && condition) };
    const result = await change(key, fingerprint, s3.send(new PutObjectCommand(command)));
    if (result.state === "refused") throw new Error(`A put of ${key} was refused: ${result.code}`);
    if (result.state === "done") counts[onCondition ? "conditions" : before[0] ? "overwrites" : "puts"] += 1;
    return result;
  }

  return {
    counts,
    async prepare(clients) {
      queueUrl = await createOpenQueue(clients.sqs, queueName);
      await clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
      const QueueArn = `arn:aws:sqs:us-east-1:000000000000:${queueName}`;
      const QueueConfigurations = [
        { QueueArn, Events: ["s3:ObjectCreated:*" as const, "s3:ObjectRemoved:*" as const] },
      ];
      await clients.s3.send(
        new PutBucketNotificationConfigurationCommand({
          Bucket: bucket,
          NotificationConfiguration: { QueueConfigurations },
        }),
      );
    },
    async step(clients) {
      const key = `key/${random.between(1, KEYS)}`;
      if (random.chance(0.75)) return toStep(await put(clients, key));
      const request = clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      const result = await change(key, undefined, request);
      if (result.state === "done") counts.deletions += 1;
      return toStep(result);
    },
    async check(clients, last) {
      const keys = last ? ledger.names() : ledger.touched();
      const problems = await Promise.all(keys.map((key) => problemOf(clients, key)));
      return [
        ...problems.flat(),
        ...(last ? [...(await listing(clients)), ...(await messages(clients))] : []),
      ];
    },
  };

  async function problemOf({ s3 }: Clients, key: string): Promise<string[]> {
    const found = await s3
      .send(new GetObjectCommand({ Bucket: bucket, Key: key }))
      .then(async ({ Body }) => fingerprintOf((await Body?.transformToByteArray()) ?? Buffer.of()))
      .catch((error: unknown) => {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      });
    const possible = ledger.possible(key);
    ledger.narrow(key, found);
    if (possible.includes(found)) return [];
    return [`${bucket}/${key} is ${found}, but was acknowledged as ${possible.join(" or ")}`];
  }

  /** Called after every key was looked at: what may be there is what is there. */
  async function listing({ s3 }: Clients): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const listed = Contents.map(({ Key }) => Key ?? "").sort();
    const there = ledger.names().filter((key) => ledger.possible(key)[0] !== undefined);
    return listed.join() === there.sort().join() ? [] : [`${bucket} lists other keys than it has`];
  }

  async function messages({ sqs }: Clients): Promise<string[]> {
    const found = new Map<string, number>();
    for (const { Body = "{}" } of await drain(sqs, queueUrl)) {
      for (const { eventName, s3 } of JSON.parse(Body).Records ?? []) {
        const state = eventName.startsWith("ObjectRemoved") ? REMOVED : s3.object.eTag;
        const name = `${s3.object.key} ${state}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
    const wrong = [...new Set([...events.keys(), ...found.keys()])].filter((name) => {
      const { least, most } = events.get(name) ?? { least: 0, most: 0 };
      const times = found.get(name) ?? 0;
      return times < least || times > most;
    });
    return wrong.map((name) => {
      const { least, most } = events.get(name) ?? { least: 0, most: 0 };
      return `${bucket}/${name} was announced ${found.get(name) ?? 0} times, not ${least} to ${most}`;
    });
  }
}

export function toStep({ state }: Sent<unknown>): "done" | "lost" {
  return state === "lost" ? "lost" : "done";
}
