// `npm run simulate`: plays many histories of the worker under faults, each from a seed, and prints what happened and
// what must not. With --seed it plays one, and tells the story of the key that went wrong.
import { parseArgs } from "node:util";
import { FAULT_COLUMNS, isTooRare, type Loss, lossesOf } from "../test/simulation/columns.ts";
import { HARSH } from "../test/simulation/faults.ts";
import { type History, simulate } from "../test/simulation/simulate.ts";
import { tableOf } from "../test/simulation/table.ts";

const { values } = parseArgs({
  options: {
    uploads: { type: "string", default: "20000" },
    seeds: { type: "string", default: "20" },
    seed: { type: "string" },
    key: { type: "string" },
  },
});
const uploads = Number(values.uploads);
Error.stackTraceLimit = 0; // nobody reads the stacks of simulated failures, and they cost a tenth of the time

const seeds = values.seed
  ? [Number(values.seed)]
  : Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
const histories: History[] = [];
for (const seed of seeds) {
  const startedMs = performance.now();
  const history = await simulate({ seed, uploads, faults: HARSH });
  histories.push(history);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const losses = lossesOf(history).length;
  console.error(`seed ${seed}: ${history.virtualHours.toFixed(1)} hours in ${seconds} s, ${losses} losses`);
}
console.log(tableOf(histories));

const losses = histories.flatMap(lossesOf);
for (const { seed, column, key } of losses.slice(0, 20)) {
  console.log(`${column}: ${key} (npm run simulate -- --uploads ${uploads} --seed ${seed} --key ${key})`);
}
if (values.seed) await tell(values.key ?? losses[0]?.key, losses);
if (losses.length > 0 || FAULT_COLUMNS.some((column) => isTooRare(column, histories))) process.exitCode = 1;

/** Plays it again, and listens to one key. */
async function tell(watchedKey: string | undefined, [loss]: readonly Loss[]): Promise<void> {
  if (watchedKey === undefined) return;
  const seed = Number(values.seed);
  const { lines } = await simulate({ seed, uploads, faults: HARSH, watchedKey });
  console.log(
    `\nThe history of ${watchedKey}${loss ? ` (${loss.column})` : ""}, in seconds:\n${lines.join("\n")}`,
  );
}
