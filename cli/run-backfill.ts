// What `darkroom backfill` does: a plan, a question, and the deed, which a second start goes on with.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type BackfillForecast, forecastBackfill } from "../operations/backfill/backfill-cost.ts";
import type { Choice, Selection } from "../operations/backfill/backfill-due.ts";
import { type PlanState, readPlan, sendPlan, writePlan } from "../operations/backfill/backfill-plan.ts";
import { readFunction } from "../operations/engine.ts";
import { PRICES_AS_OF } from "../operations/estimate/prices.ts";
import { recordChange, stateDirectory } from "./audit.ts";
import type { CommandText } from "./command-text.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { aboutText, bytesText, countText, dollarsText } from "./figures.ts";
import { keepMemoryLittle } from "./little-memory.ts";
import { engineOf, type OpenTarget, withTarget } from "./target.ts";
import { note, progressBar, step } from "./terminal/screen.ts";

export interface BackfillWords extends TargetOptions {
  missing?: true;
  outdated?: true;
  all?: true;
  prefix?: string;
  since?: { text: string; ms: number };
  rate?: number;
  megapixels: number;
  maxCost?: number;
  dryRun?: true;
  again?: true;
  yes?: true;
}

export async function runBackfill(words: BackfillWords): Promise<ExitCode> {
  keepMemoryLittle();
  const selection = selectionOf(words);
  return await withTarget(words, async (open) => {
    const { recipe } = await readFunction(engineOf(open.target), open.signal);
    // The time as it was typed: "6h" is another time, and the same backfill, when it is started again.
    const identity = [open.target.sourceBucket, open.target.destinationBucket, recipe, words.since?.text];
    const name = createHash("sha256").update(JSON.stringify([identity, selection.choice, selection.prefix]));
    const folder = join(stateDirectory(), "backfill", name.digest("hex").slice(0, 16));
    const earlier = words.again ? undefined : await readPlan(folder);
    if (earlier && isDone(earlier) && selection.choice === "all" && earlier.keys > 0) {
      return alreadyDone(earlier, words);
    }
    const isUnderWay = earlier !== undefined && earlier.sentKeys > 0 && !isDone(earlier);
    if (isUnderWay) {
      note(
        `Going on with what was planned at ${new Date(earlier.plannedAtMs).toISOString()}; --again starts anew.`,
      );
    }
    const looking = () =>
      writePlan(open.target, selection, folder, { ...open.pace, signal: open.signal, recipe });
    const plan = isUnderWay
      ? earlier
      : await step("Looking", looking, (made) => ["Looked", `at ${countText(made.looked, "source")}`]);
    return await perform(open, words, { folder, plan, selection });
  });
}

function selectionOf({ missing, outdated, all, prefix, since }: BackfillWords): Selection {
  const chosen = Object.entries({ missing, outdated, all }).filter(([, isChosen]) => isChosen);
  const [first, ...others] = chosen.map(([choice]) => choice as Choice);
  if (first === undefined || others.length > 0) {
    throw new UsageError("Which sources? Give one of --missing, --outdated and --all.");
  }
  return { choice: first, prefix, sinceMs: since?.ms };
}

function isDone({ keys, sentKeys }: PlanState): boolean {
  return sentKeys >= keys;
}

function alreadyDone({ keys, plannedAtMs }: PlanState, { json }: BackfillWords): ExitCode {
  const at = new Date(plannedAtMs).toISOString();
  if (json) console.log(JSON.stringify({ enqueued: 0, planned: 0, doneAt: at }, null, 2));
  else console.log(`All ${countText(keys, "source")} were enqueued at ${at}. --again does it once more.`);
  return EXIT_CODE.done;
}

interface Planned {
  folder: string;
  plan: PlanState;
  selection: Selection;
}

async function perform(open: OpenTarget, words: BackfillWords, planned: Planned): Promise<ExitCode> {
  const { target, name, signal } = open;
  const { folder, plan, selection } = planned;
  const { megapixels, rate, maxCost } = words;
  const keys = plan.keys - plan.sentKeys;
  const forecast = await forecastBackfill(engineOf(target), {
    keys,
    megapixels,
    ratePerSecond: rate,
    signal,
  });
  if (keys > 0) note(planText(plan, forecast));
  const report = { looked: plan.looked, planned: keys, bytes: plan.bytes, ...forecast };
  if (keys === 0 || words.dryRun) return tell({ ...report, enqueued: 0 }, words, open.command);
  if (maxCost !== undefined && forecast.cost.total > maxCost) {
    throw new UsageError(
      `It would cost ${dollarsText(forecast.cost.total)}, and --max-cost is ${dollarsText(maxCost)}.`,
    );
  }
  await confirm(keys, `enqueue ${countText(keys, "source")} of ${name}`, words);
  const bar = progressBar("Sending", plan.keys);
  const { keysPerMessage } = forecast;
  const onProgress = ({ sentKeys }: PlanState) => bar.update(sentKeys, "");
  const sending = sendPlan(target, folder, { keysPerMessage, ratePerSecond: rate, signal, onProgress });
  const { sentKeys } = await sending.finally(() => bar.stop());
  const enqueued = sentKeys - plan.sentKeys;
  const { choice, prefix } = selection;
  const filter = { choice, prefix, since: words.since?.text };
  await recordChange({ target, name }, { deed: "backfill", filter, counts: { planned: keys, enqueued } });
  return tell({ ...report, enqueued }, words, open.command);
}

function tell(
  report: { planned: number; enqueued: number },
  { json, dryRun }: BackfillWords,
  command: CommandText,
): ExitCode {
  if (json) console.log(JSON.stringify(report, null, 2));
  else if (report.planned === 0) console.log("Nothing is due.");
  else if (dryRun) console.log(`${countText(report.planned, "source")} would be enqueued.`);
  else
    console.log(
      `${countText(report.enqueued, "source")} enqueued. This follows them:\n  ${command("status --watch")}`,
    );
  return EXIT_CODE.done;
}

function planText(plan: PlanState, { messages, seconds, cost }: BackfillForecast): string {
  const left = plan.sentKeys > 0 ? ` left of ${plan.keys.toLocaleString("en")}` : "";
  return [
    `${countText(plan.keys - plan.sentKeys, "source")}${left}, ${bytesText(plan.bytes)} in all, in ${countText(messages, "message")}.`,
    `About ${aboutText(seconds * 1000)} and ${dollarsText(cost.total)} if each is rendered (us-east-1, ${PRICES_AS_OF}).`,
  ].join("\n");
}
