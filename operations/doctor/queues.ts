// Do the queues take what they must, keep it long enough, hide it long enough, and give it up to the dead-letter queue?
import type { Lane } from "../engine.ts";
import { messageCount } from "../queue-depth.ts";
import { readStatus } from "../status.ts";
import type { Target } from "../target.ts";
import { type Check, DEPLOY_AGAIN, insist, Remark } from "./check.ts";
import type { Facts, QueueName } from "./facts.ts";
import { letsEventBridgeSend, letsS3Send, refusesPlainHttp } from "./policy.ts";

const DAY_SECONDS = 24 * 60 * 60;

export function queueChecks(target: Target, facts: Facts, waitSeconds: number): Check[] {
  const queues: QueueName[] = [...facts.lanes, "dead-letter"];
  return [
    acceptanceCheck(target, facts),
    messageSizeCheck(facts),
    ...facts.lanes.flatMap((lane) => [visibilityCheck(lane, facts), redriveCheck(lane, facts)]),
    allowanceCheck(facts),
    retentionCheck(facts),
    ...queues.flatMap((name) => [encryptionCheck(name, facts), tlsCheck(name, facts)]),
    deadLetterCheck(target, waitSeconds),
  ];
}

function acceptanceCheck({ sourceBucket }: Target, facts: Facts): Check {
  return {
    name: "work queue's policy",
    meaning: "S3 may send the events of this bucket; otherwise they are lost, and not retried.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { Policy } = await facts.queue("work");
      if (letsEventBridgeSend(Policy)) return "lets EventBridge send";
      insist(letsS3Send(Policy, sourceBucket), `No statement lets S3 send the events of ${sourceBucket}.`);
      return "lets S3 send";
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const MAX_EVENT_KIB = 64;

function messageSizeCheck(facts: Facts): Check {
  return {
    name: "work queue's message size",
    meaning: "An event of S3 is up to 64 KiB; one that the queue does not take is lost, and not retried.",
    mend: DEPLOY_AGAIN,
    async look() {
      const kib = Number((await facts.queue("work")).MaximumMessageSize) / 1024;
      insist(kib >= MAX_EVENT_KIB, `It takes messages of up to ${kib} KiB only.`);
      return `up to ${kib} KiB`;
    },
  };
}

function visibilityCheck(lane: Lane, facts: Facts): Check {
  return {
    name: `${lane} queue's visibility timeout`,
    meaning:
      "At least six times the function's timeout: else messages are received again while they are in hand.",
    mend: DEPLOY_AGAIN,
    async look() {
      const visibilitySeconds = Number((await facts.queue(lane)).VisibilityTimeout);
      const { timeoutSeconds } = await facts.function();
      const found = `${visibilitySeconds} s for a function of ${timeoutSeconds} s`;
      insist(visibilitySeconds >= 6 * timeoutSeconds, `${found}: less than six times as long.`);
      return found;
    },
  };
}

function redriveCheck(lane: Lane, facts: Facts): Check {
  return {
    name: `${lane} queue's redrive policy`,
    meaning:
      "What cannot be done goes to the dead-letter queue, instead of round and round until it expires.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { RedrivePolicy = "{}" } = await facts.queue(lane);
      const { QueueArn } = await facts.queue("dead-letter");
      const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(RedrivePolicy);
      insist(deadLetterTargetArn === QueueArn, "It does not lead to the dead-letter queue.");
      return `after ${maxReceiveCount} receives`;
    },
  };
}

function allowanceCheck(facts: Facts): Check {
  return {
    name: "redrive-allow policy",
    meaning: "The dead-letter queue takes what the lanes give up, and nobody else's.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { RedriveAllowPolicy } = await facts.queue("dead-letter");
      if (RedriveAllowPolicy === undefined) throw new Remark("Every queue of the account may use it.");
      const { sourceQueueArns = [] } = JSON.parse(RedriveAllowPolicy) as { sourceQueueArns?: string[] };
      for (const lane of facts.lanes) {
        const { QueueArn = "" } = await facts.queue(lane);
        insist(sourceQueueArns.includes(QueueArn), `It does not take the dead letters of the ${lane} queue.`);
      }
      return `${sourceQueueArns.length} queues`;
    },
  };
}

function retentionCheck(facts: Facts): Check {
  return {
    name: "dead letters' retention",
    meaning: "A dead letter keeps its age: kept no longer than work, it would expire as soon as it arrives.",
    mend: DEPLOY_AGAIN,
    async look() {
      const days = async (name: QueueName) =>
        Number((await facts.queue(name)).MessageRetentionPeriod) / DAY_SECONDS;
      const [dead, work] = [await days("dead-letter"), await days("work")];
      const found = `${dead} days, work ${work} days`;
      insist(dead > work, `${found}: no longer.`);
      return found;
    },
  };
}

function encryptionCheck(name: QueueName, facts: Facts): Check {
  return {
    name: `${name} queue's encryption`,
    meaning: "Messages are encrypted at rest.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { SqsManagedSseEnabled, KmsMasterKeyId } = await facts.queue(name);
      insist(SqsManagedSseEnabled === "true" || Boolean(KmsMasterKeyId), "The queue is not encrypted.");
      return KmsMasterKeyId ?? "by SQS";
    },
  };
}

function tlsCheck(name: QueueName, facts: Facts): Check {
  return {
    name: `${name} queue over TLS`,
    meaning: "Keys of images never travel in the clear, whoever sends or receives.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { Policy } = await facts.queue(name);
      insist(refusesPlainHttp(Policy), "Its policy does not refuse requests without TLS.");
      return "only";
    },
  };
}

/** Less is too late for whoever looks tomorrow. */
const LEAST_LEFT_DAYS = 2;

function deadLetterCheck(target: Target, waitSeconds: number): Check {
  return {
    name: "dead letters",
    meaning: "Images that could not be done, each with its reason; after their retention they are gone.",
    mend: "darkroom dlq list",
    async look() {
      const { deadLetters, atMs } = await readStatus(target, { waitSeconds });
      const count = messageCount(deadLetters);
      if (count === 0) return "none";
      const expiresMs = Math.min(...deadLetters.groups.map((group) => group.expiresMs));
      const days = (expiresMs - atMs) / 1000 / DAY_SECONDS;
      const found = `${count} are there; the first is gone in ${days.toFixed(1)} days.`;
      insist(days >= LEAST_LEFT_DAYS, found);
      throw new Remark(found);
    },
  };
}
