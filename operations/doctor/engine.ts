// Are the event source mappings on, and do they do what the worker counts on?
import { type Engine, type Lane, lanesOf } from "../engine.ts";
import { type Check, DEPLOY_AGAIN, insist } from "./check.ts";
import type { Facts } from "./facts.ts";

export function engineChecks(engine: Engine | undefined, facts: Facts): Check[] {
  const lanes: Lane[] = engine ? lanesOf(engine) : ["work"];
  return [functionCheck(facts), ...lanes.flatMap((lane) => mappingChecks(lane, facts))];
}

function functionCheck(facts: Facts): Check {
  return {
    name: "function",
    meaning: "It is there, and its recipe is one that the worker understands.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { memoryMiB, timeoutSeconds, architecture } = await facts.function();
      return `${memoryMiB} MiB, ${timeoutSeconds} s, ${architecture}`;
    },
  };
}

function mappingChecks(lane: Lane, facts: Facts): Check[] {
  return [
    {
      name: `${lane} lane`,
      meaning: "Its event source mapping is enabled: what is in the queue is worked on.",
      mend: `darkroom resume --lane ${lane}`,
      async look() {
        const { state } = await facts.mapping(lane);
        insist(state === "Enabled", `The mapping is ${state}: nothing is worked on.`);
        return state;
      },
    },
    {
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
    },
  ];
}
