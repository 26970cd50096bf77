// Is the function one that the mappings call, with time for what they hand it, and are they on, and do what the worker counts on?
import { type Lane, readDeployedLast } from "../engine.ts";
import { batchesOf } from "../estimate/estimate.ts";
import { imageWork } from "../estimate/image-seconds.ts";
import { type Check, DEPLOY_AGAIN, insist, Remark } from "./check.ts";
import type { Facts } from "./facts.ts";

export function engineChecks(facts: Facts, now: () => number): Check[] {
  return [
    functionCheck(facts),
    runtimeCheck(facts, now),
    aliasCheck(facts),
    timeCheck(facts),
    ...facts.lanes.flatMap((lane) => [laneCheck(lane, facts), mappingCheck(lane, facts)]),
    inFlightCheck(facts),
  ];
}

function functionCheck(facts: Facts): Check {
  return {
    name: "function",
    meaning: "It is there and able to run, and its recipe is one that the worker understands.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { memoryMiB, timeoutSeconds, architecture, state } = await facts.function();
      // Inactive: nobody called it for weeks; the first call wakes it.
      insist(state === "Active" || state === "Inactive", `Its state is ${state}: Lambda does not run it.`);
      return `${memoryMiB} MiB, ${timeoutSeconds} s, ${architecture}`;
    },
  };
}

/** From then on nobody mends it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIME_ENDS: Readonly<Record<string, string>> = {
  "nodejs20.x": "2026-04-30",
  "nodejs22.x": "2027-04-30",
  "nodejs24.x": "2028-04-30",
};

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time enough to plan an update. */
const NOTICE_DAYS = 180;

function runtimeCheck(facts: Facts, now: () => number): Check {
  return {
    name: "runtime",
    meaning: "AWS mends its holes; after its end no new version of the function can be deployed.",
    mend: "git pull && pulumi up",
    async look() {
      const { runtime } = await facts.function();
      const ends = RUNTIME_ENDS[runtime];
      if (ends === undefined) throw new Remark(`${runtime}: nobody here knows until when.`);
      const daysLeft = (Date.parse(ends) - now()) / DAY_MS;
      insist(daysLeft > 0, `${runtime} has had no updates since ${ends}.`);
      if (daysLeft < NOTICE_DAYS) throw new Remark(`${runtime} has updates until ${ends} only.`);
      return `${runtime}, until ${ends}`;
    },
  };
}

function aliasCheck(facts: Facts): Check {
  return {
    name: "alias",
    meaning: "The mappings call one that goes back to an earlier version in a second, and has not.",
    mend: DEPLOY_AGAIN,
    async look() {
      const called = await Promise.all(
        facts.lanes.map(async (lane) => (await facts.mapping(lane)).functionArn),
      );
      const names = called.map((arn) => arn.split(":")[7]);
      insist(
        !names.includes(undefined),
        "A mapping calls the function itself: no way back but a deployment.",
      );
      insist(new Set(called).size === 1, `The lanes call different versions: ${names.join(" and ")}.`);
      const [live, last] = [await facts.function(), await readDeployedLast(facts.engine())];
      const isLast =
        live.codeSha256 === last.codeSha256 && JSON.stringify(live.recipe) === JSON.stringify(last.recipe);
      if (!isLast) throw new Remark(`${names[0]} runs another version than the one deployed last.`);
      return `${names[0]}, at what was deployed last`;
    },
  };
}

const USUAL_MEGAPIXELS = 12;

function timeCheck(facts: Facts): Check {
  return {
    name: "time of a batch",
    meaning: "A full batch of photos of 12 megapixels fits into one invocation; else some wait for another.",
    mend: "pulumi config set darkroom:timeoutSeconds <n>, or a smaller batchSize, or more memoryMiB",
    async look() {
      const { timeoutSeconds, recipe, memoryMiB } = await facts.function();
      const { batchSize } = await facts.mapping("work");
      const work = imageWork(recipe, USUAL_MEGAPIXELS);
      const { secondsPerBatch } = batchesOf(batchSize, { memoryMiB }, { ...work, imagesPerBatch: batchSize });
      const found = `about ${secondsPerBatch.toFixed(0)} s of ${timeoutSeconds} s`;
      insist(secondsPerBatch <= timeoutSeconds, `It takes ${found}.`);
      return found;
    },
  };
}

function laneCheck(lane: Lane, facts: Facts): Check {
  return {
    name: `${lane} lane`,
    meaning: "Its event source mapping is enabled: what is in the queue is worked on.",
    mend: `darkroom resume --lane ${lane}`,
    async look() {
      const { state } = await facts.mapping(lane);
      insist(state === "Enabled", `The mapping is ${state}: nothing is worked on.`);
      return state;
    },
  };
}

function mappingCheck(lane: Lane, facts: Facts): Check {
  return {
    name: `${lane} lane's mapping`,
    meaning: "Feeds from its queue, and takes one failed message for one, not for a failed batch.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { queueArn, reportsItemFailures, batchSize } = await facts.mapping(lane);
      const { QueueArn } = await facts.queue(lane);
      insist(queueArn === QueueArn, `It feeds from ${queueArn}.`);
      insist(reportsItemFailures, "ReportBatchItemFailures is off: what failed is deleted.");
      return `batches of up to ${batchSize}`;
    },
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_IN_FLIGHT = 120_000;

function inFlightCheck(facts: Facts): Check {
  return {
    name: "messages in flight",
    meaning: "SQS hands out no more than 120,000 of a queue at once, and then nothing.",
    mend: "pulumi config set darkroom:batchSize <n>, or less concurrency",
    async look() {
      const mappings = await Promise.all(facts.lanes.map((lane) => facts.mapping(lane)));
      const most = Math.max(...mappings.map(({ batchSize, concurrency }) => batchSize * concurrency));
      const found = `${most.toLocaleString("en")} at most`;
      insist(most < MAX_IN_FLIGHT, `A lane may have ${found}.`);
      return found;
    },
  };
}
