// `npm run simulate`: plays many histories of the worker under faults, each from a seed, and prints what happened and
// what must not. With --seed it plays one, and tells the story of the key that went wrong. With --mutate it takes the
// worker's guards away, one after the other, and prints who noticed. With --twins 0.1, every tenth receive is shown to two
// workers at once: the one hole that is known (docs/architecture.md). With --listeners, a catalog and a topic hear of outcomes.

import { FAULT_COLUMNS, isTooRare, type Loss, lossesOf } from "../test/simulation/columns.ts";
import { HARSH } from "../test/simulation/faults.ts";
import { GUARDS } from "../test/simulation/guards.ts";
import { type History, simulate } from "../test/simulation/simulate.ts";
import { tableOf } from "../test/simulation/table.ts";
import { playWithout } from "../test/simulation/without-guard.ts";
import { readWords } from "./command.ts";

const MUTATED_UPLOADS = 4000;

const { values } = readWords({
  options: {
    uploads: { type: "string", least: 1 },
    seeds: { type: "string", default: "20", least: 1 },
    seed: { type: "string", least: 0 },
    key: { type: "string" },
    twins: { type: "string", default: "0" },
    listeners: { type: "boolean", default: false },
    mutate: { type: "boolean", default: false },
  },
});
const uploads = Number(values.uploads ?? (values.mutate ? MUTATED_UPLOADS : 20_000));
const seeds = values.seed ? [Number(values.seed)] : upTo(Number(values.seeds));
const { listeners: listened } = values;
const faults = { ...HARSH, twinReceive: Number(values.twins) };
Error.stackTraceLimit = 0; // nobody reads the stacks of simulated failures, and they cost a tenth of the time

if (values.mutate) await mutate();
else await play();

async function play(): Promise<void> {
  const histories: History[] = [];
  for (const seed of seeds) {
    const startedMs = performance.now();
    const history = await simulate({ seed, uploads, faults, listened });
    histories.push(history);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    const losses = lossesOf(history).length;
    console.error(`seed ${seed}: ${history.virtualHours.toFixed(1)} hours in ${seconds} s, ${losses} losses`);
  }
  console.log(tableOf(histories));
  const twins = values.twins === "0" ? "" : ` --twins ${values.twins}`;
  const heard = listened ? " --listeners" : "";
  const losses = histories.flatMap(lossesOf);
  for (const { seed, column, key } of losses.slice(0, 20)) {
    console.log(
      `${column}: npm run simulate -- --uploads ${uploads} --seed ${seed} --key ${key}${twins}${heard}`,
    );
  }
  if (values.seed) await tell(values.key ?? losses[0]?.key, losses);
  if (losses.length > 0 || FAULT_COLUMNS.some((column) => isTooRare(column, histories))) process.exitCode = 1;
}

/** Plays it again, and listens to one key. */
async function tell(watchedKey: string | undefined, losses: readonly Loss[]): Promise<void> {
  if (watchedKey === undefined) return;
  const { lines } = await simulate({ seed: Number(values.seed), uploads, faults, listened, watchedKey });
  const columns = losses.filter(({ key }) => key === watchedKey).map(({ column }) => column);
  console.log(`\nThe history of ${watchedKey}, in seconds: ${columns.join(", ")}\n${lines.join("\n")}`);
}

async function mutate(): Promise<void> {
  console.log("| without this guard | what must not happen happens | seed |\n|---|---|---:|");
  for (const guard of GUARDS.filter(({ listened = false }) => listened || !values.listeners)) {
    const loss = await playWithout(guard, uploads, seeds);
    console.log(`| ${guard.name} | ${loss?.column ?? "**nobody noticed**"} | ${loss?.seed ?? ""} |`);
    if (!loss) process.exitCode = 1;
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
