// What `darkroom dlq redrive` does: a plan, and with --yes the deed and what came of it.
import { groupByReason, isUnfiltered, matches } from "../operations/dead-letter-filter.ts";
import { codeOf, type DeadLetter, listDeadLetters } from "../operations/dead-letters.ts";
import { moveAll } from "../operations/move-task.ts";
import { DEFAULT_MAX_REDRIVES } from "../operations/redrive.ts";
import { type FollowedRedrive, redriveAndFollow } from "../operations/redrive-and-follow.ts";
import { retentionSeconds } from "../operations/status.ts";
import { recordChange } from "./audit.ts";
import { type FilterOptions, filterOf } from "./commands/filter-options.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { groupsTable } from "./terminal/status.ts";
import { plainTable } from "./terminal/table.ts";

export interface RedriveWords extends TargetOptions, FilterOptions {
  all?: true;
  yes?: true;
  rate?: number;
  canary?: number;
  maxRedrives?: number;
  native?: true;
}

export async function runRedrive(words: RedriveWords): Promise<ExitCode> {
  check(words);
  return await withTarget(words, async (open) => {
    if (!words.yes) return await plan(open, words);
    if (words.native) return await moveNatively(open, words);
    return await perform(open, words);
  });
}

function check(words: RedriveWords): void {
  const isFiltered = !isUnfiltered(filterOf(words)) || words.limit !== undefined;
  if (!isFiltered && !words.all && !words.native) {
    throw new UsageError(
      "Which dead letters? Give --reason, --prefix, --since or --limit, or --all.",
      "`darkroom dlq list` shows what is there.",
    );
  }
  if (words.native && (isFiltered || words.canary !== undefined || words.maxRedrives !== undefined)) {
    throw new UsageError("SQS moves all dead letters or none: --native goes with --rate and --yes only.");
  }
}

async function plan({ target, pace, signal }: OpenTarget, words: RedriveWords): Promise<ExitCode> {
  const { limit, maxRedrives = DEFAULT_MAX_REDRIVES } = words;
  const matching: DeadLetter[] = [];
  let others = 0;
  for await (const letter of listDeadLetters(target, { ...pace, signal })) {
    if (matches(letter, filterOf(words))) matching.push(letter);
    else others += 1;
  }
  const allowed = matching.filter(({ redriveCount }) => redriveCount < maxRedrives);
  const chosen = allowed.slice(0, limit);
  const guarded = matching.length - allowed.length;
  const groups = groupByReason(chosen, await retentionSeconds(target));
  if (words.json) {
    const document = { dryRun: true, redrive: chosen.length, guarded, others, groups };
    console.log(JSON.stringify(document, null, 2));
    return EXIT_CODE.done;
  }
  if (chosen.length > 0) console.log(`${groupsTable(groups, Date.now())}\n`);
  if (guarded > 0)
    console.log(`${countText(guarded, "dead letter")} came back ${maxRedrives} times: left alone.`);
  console.log(`${countText(chosen.length, "dead letter")} would be redriven; add --yes to do it.`);
  return EXIT_CODE.done;
}

async function moveNatively(
  { target, name, pace, signal }: OpenTarget,
  { rate, json }: RedriveWords,
): Promise<ExitCode> {
  const task = await moveAll(target, { ratePerSecond: rate, pollMs: pace.pollMs, signal });
  await recordChange({
    deed: "redrive",
    target: name,
    filter: { native: true, rate },
    counts: { redriven: task.moved },
  });
  if (json) console.log(JSON.stringify(task, null, 2));
  else
    console.log(
      `SQS moved ${countText(task.moved, "dead letter")}: ${task.status}${task.failureReason ?? ""}.`,
    );
  return task.status === "COMPLETED" ? EXIT_CODE.done : EXIT_CODE.someFailed;
}

async function perform({ target, name, pace, signal }: OpenTarget, words: RedriveWords): Promise<ExitCode> {
  const { limit, rate, canary, maxRedrives = DEFAULT_MAX_REDRIVES } = words;
  const result = await redriveAndFollow(target, {
    filter: filterOf(words),
    ...{ limit, canary, maxRedrives, signal, waitSeconds: pace.waitSeconds },
    ratePerSecond: rate,
    follow: pace,
  });
  await recordChange({
    deed: "redrive",
    target: name,
    filter: { ...filterOf(words), limit, canary, maxRedrives },
    counts: {
      redriven: result.redriven.length,
      undeleted: result.undeleted.length,
      refused: result.refused.length,
      guarded: result.guarded.length,
    },
  });
  if (words.json) console.log(JSON.stringify(redriveJson(result), null, 2));
  else console.log(redriveText(result, maxRedrives));
  const isDone = tally(result).every(({ rejected, pending }) => rejected + pending === 0);
  return isDone && result.refused.length === 0 ? EXIT_CODE.done : EXIT_CODE.someFailed;
}

interface Tally {
  code: string;
  redriven: number;
  done: number;
  rejected: number;
  pending: number;
}

function tally({ redriven, fates }: FollowedRedrive): Tally[] {
  return [...Map.groupBy(redriven, codeOf)].map(([code, letters]) => {
    const count = (state: string) =>
      letters.filter((letter) => (fates.get(letter)?.state ?? "pending") === state).length;
    return {
      code,
      redriven: letters.length,
      done: count("done"),
      rejected: count("rejected"),
      pending: count("pending"),
    };
  });
}

function redriveJson(result: FollowedRedrive) {
  const { redriven, undeleted, refused, guarded, fates, isStopped } = result;
  return {
    dryRun: false,
    stopped: isStopped,
    redriven: redriven.length,
    undeleted: undeleted.length,
    refused: refused.map(({ letter, problem }) => ({ id: letter.messageId, problem })),
    guarded: guarded.length,
    byReason: tally(result),
    letters: redriven.map((letter) => ({
      id: letter.messageId,
      key: letter.sourceKey,
      code: codeOf(letter),
      ...fates.get(letter),
    })),
  };
}

function redriveText(result: FollowedRedrive, maxRedrives: number): string {
  const { redriven, undeleted, refused, guarded, isStopped } = result;
  const right = { align: "right", columns: 11 } as const;
  const table = plainTable(
    [
      { name: "Reason", columns: 28 },
      ...["Redriven", "Done", "Again", "Pending"].map((name) => ({ name, ...right })),
    ],
    tally(result).map(({ code, ...counts }) => [code, ...Object.values(counts).map(String)]),
  );
  return [
    redriven.length > 0 ? table : "Nothing to redrive.",
    isStopped && "Stopped after the canaries: they are not done. The rest was left where it is.",
    guarded.length > 0 &&
      `${countText(guarded.length, "dead letter")} came back ${maxRedrives} times: left alone.`,
    undeleted.length > 0 &&
      `${countText(undeleted.length, "dead letter")} could not be deleted, and will be sent again.`,
    ...refused.map(({ letter, problem }) => `${letter.messageId} was not taken: ${problem}`),
  ]
    .filter((line) => line !== false)
    .join("\n");
}
