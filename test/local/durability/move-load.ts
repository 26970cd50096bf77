// Messages of a dead-letter queue, and tasks that move them, which every kill interrupts: each message is in one of the two
// queues, once.
import {
  ListMessageMoveTasksCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import type { Load } from "./load.ts";
import { toStep } from "./object-load.ts";
import { createOpenQueue, drain } from "./queues.ts";
import { sent } from "./request.ts";

const BATCH = 10;

export function moveLoad(name: string, random: Random): Load {
  const arnOf = (queue: string) => `arn:aws:sqs:us-east-1:000000000000:${queue}`;
  const [work, dead] = [`work-${name}`, `dead-${name}`];
  const messages = new Map<string, "acknowledged" | "unknown">();
  const counts = { "dead letters": 0, "move tasks": 0 };
  let workUrl = "";
  let deadUrl = "";

  return {
    counts,
    async prepare({ sqs }) {
      deadUrl = await createOpenQueue(sqs, dead);
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 5 });
      workUrl = await createOpenQueue(sqs, work, { RedrivePolicy });
    },
    async step({ sqs }) {
      if (random.chance(0.2)) {
        const task = { SourceArn: arnOf(dead), DestinationArn: arnOf(work) };
        const result = await sent(sqs.send(new StartMessageMoveTaskCommand(task)));
        if (result.state === "done") counts["move tasks"] += 1; // Refused, while another runs.
        return toStep(result);
      }
      const bodies = Array.from({ length: BATCH }, (_, index) => `${name} ${messages.size + index}`);
      for (const body of bodies) messages.set(body, "unknown");
      const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const result = await sent(sqs.send(new SendMessageBatchCommand({ QueueUrl: deadUrl, Entries })));
      if (result.state !== "done") return "lost";
      for (const body of bodies) messages.set(body, "acknowledged");
      counts["dead letters"] += BATCH;
      return "done";
    },
    async check(clients, last) {
      const { Results = [] } = await clients.sqs.send(
        new ListMessageMoveTasksCommand({ SourceArn: arnOf(dead), MaxResults: 10 }),
      );
      const running = Results.filter(({ Status }) => Status === "RUNNING");
      const problems = running.map(() => `a task of ${dead} says that it runs, after the kill`);
      return last ? [...problems, ...(await lost(clients))] : problems;
    },
  };

  async function lost({ sqs }: Clients): Promise<string[]> {
    const found = new Map<string, number>();
    for (const url of [deadUrl, workUrl]) {
      for (const { Body = "" } of await drain(sqs, url)) found.set(Body, (found.get(Body) ?? 0) + 1);
    }
    const wrong = [...messages].filter(([body, state]) => {
      const times = found.get(body) ?? 0;
      return times > 1 || (times === 0 && state === "acknowledged");
    });
    return wrong.map(([body]) => `dead letter ${body} is there ${found.get(body) ?? 0} times`);
  }
}
