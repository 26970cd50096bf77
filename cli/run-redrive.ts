// What `darkroom dlq redrive` does: a plan, and with --yes the deed and what came of it.
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  groupByReason,
  isOfUnknownVersion,
  isUnfiltered,
  matches,
} from "../operations/dead-letters/dead-letter-filter.ts";
import { type DeadLetter, listDeadLetters } from "../operations/dead-letters/dead-letters.ts";
import { DEFAULT_MAX_REDRIVES } from "../operations/dead-letters/redrive.ts";
import { type FollowedRedrive, redriveAndFollow } from "../operations/dead-letters/redrive-and-follow.ts";
import { openRedriveJournal, type RedriveJournal } from "../operations/dead-letters/redrive-journal.ts";
import { retentionSeconds } from "../operations/status.ts";
import { recordChange, stateDirectory } from "./audit.ts";
import { filterOf, requireChoice } from "./commands/filter-options.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { redriveJson } from "./json-redrive.ts";
import { notingPause } from "./note-pause.ts";
import type { RedriveWords } from "./redrive-words.ts";
import { unknownVersionText } from "./run-dead-letters.ts";
import { followingLine, moveNatively } from "./run-native-redrive.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { redriveText, tally } from "./terminal/redrive.ts";
import { note, progressLine } from "./terminal/screen.ts";
import { groupsTable } from "./terminal/status.ts";

export async function runRedrive(words: RedriveWords): Promise<ExitCode> {
  check(words);
  return await withTarget(words, async (open) => {
    if (!words.yes) return await plan(open, words);
    if (words.native) return await moveNatively(open, words);
    return await perform(open, words);
  });
}

function check(words: RedriveWords): void {
  if (words.canary !== undefined && !words.follow) {
    throw new UsageError("Canaries are waited for: --canary does not go with --no-follow.");
  }
  if (!words.native) {
    requireChoice(words);
    return;
  }
  const isFiltered = !isUnfiltered(filterOf(words)) || words.limit !== undefined;
  if (isFiltered || words.canary !== undefined || words.maxRedrives !== undefined) {
    throw new UsageError(
      "SQS moves all dead letters or none: --native goes with --rate and --yes only.",
      "Without --native, they all work.",
    );
  }
}

async function plan({ target, pace, signal }: OpenTarget, words: RedriveWords): Promise<ExitCode> {
  const { limit, native, maxRedrives = native ? Number.POSITIVE_INFINITY : DEFAULT_MAX_REDRIVES } = words;
  const filter = filterOf(words);
  const matching: DeadLetter[] = [];
  const others = { ofUnknownVersion: 0, others: 0 };
  for await (const letter of listDeadLetters(target, { ...pace, signal })) {
    if (matches(letter, filter)) matching.push(letter);
    else if (isOfUnknownVersion(letter, filter)) others.ofUnknownVersion += 1;
    else others.others += 1;
  }
  const allowed = matching.filter(({ redriveCount }) => redriveCount < maxRedrives);
  const chosen = allowed.slice(0, limit);
  const guarded = matching.length - allowed.length;
  const groups = groupByReason(chosen, await retentionSeconds(target));
  if (words.json) {
    console.log(
      JSON.stringify({ dryRun: true, redrive: chosen.length, guarded, ...others, groups }, null, 2),
    );
    return EXIT_CODE.done;
  }
  if (chosen.length > 0) console.log(`${groupsTable(groups, Date.now())}\n`);
  for (const line of leftAloneLines(guarded, others.ofUnknownVersion, words)) console.log(line);
  const by = native ? "be moved by SQS, uncounted" : "be redriven";
  const next = chosen.length > 0 ? "; add --yes to do it" : "";
  console.log(`${countText(chosen.length, "dead letter")} would ${by}${next}.`);
  return EXIT_CODE.done;
}

function leftAloneLines(
  guarded: number,
  unknown: number,
  words: Pick<RedriveWords, "maxRedrives" | "fixedIn">,
): string[] {
  const { maxRedrives = DEFAULT_MAX_REDRIVES } = words;
  return [
    ...(guarded > 0
      ? [`${countText(guarded, "dead letter")} came back ${maxRedrives} times: left alone.`]
      : []),
    ...(unknown > 0 ? [unknownVersionText(unknown, words)] : []),
  ];
}

async function perform(open: OpenTarget, words: RedriveWords): Promise<ExitCode> {
  const { target, pace, signal } = open;
  const { limit, rate, canary, maxRedrives = DEFAULT_MAX_REDRIVES } = words;
  const journal = await openJournal(open, words);
  if (journal && journal.earlier.length > 0) {
    note(`Going on after a run that was broken off: it had sent ${journal.earlier.length}.`);
  }
  const line = progressLine();
  const work = () =>
    redriveAndFollow(target, {
      filter: filterOf(words),
      ...{ limit, canary, maxRedrives, journal, signal },
      ...{ waitSeconds: pace.waitSeconds, pollMs: pace.pollMs, ratePerSecond: rate },
      follow: words.follow && {
        ...pace,
        onProgress: (fates, depth) => line.show(followingLine(fates, depth)),
      },
      onProgress: (count) => line.show(`Sending… ${count.toLocaleString("en")}`),
      onHidden: (count) => line.show(`Waiting for ${countText(count, "dead letter")} in other hands…`),
    });
  const result = await (words.follow ? notingPause(open, work) : work()).finally(() => line.clear());
  await record(open, words, result);
  const isWhole = result.hidden + result.undeleted.length === 0 && !signal.aborted;
  if (isWhole) await journal?.close();
  if (words.json) console.log(JSON.stringify(redriveJson(result), null, 2));
  else {
    const { guarded, ofUnknownVersion } = result;
    const leftAlone = leftAloneLines(guarded.length, ofUnknownVersion.length, words);
    console.log([redriveText(result, open.command), ...leftAlone].join("\n"));
  }
  const areDone = tally(result).every(
    ({ rejected, pending }) => rejected + (words.follow ? pending : 0) === 0,
  );
  return isWhole && areDone && result.refused.length === 0 ? EXIT_CODE.done : EXIT_CODE.someFailed;
}

/** For the same words on the same queue; times are left out, because "6h" is another time an hour later. */
async function openJournal({ target }: OpenTarget, words: RedriveWords): Promise<RedriveJournal | undefined> {
  const { sinceMs, untilMs, ...filter } = filterOf(words);
  const identity = createHash("sha256").update(JSON.stringify([target.deadLetterQueueUrl, filter]));
  const folder = join(stateDirectory(), "redrive", identity.digest("hex").slice(0, 16));
  try {
    return await openRedriveJournal(folder);
  } catch (error) {
    note(`Without a journal, a redrive that is killed starts anew: ${(error as Error).message}.`);
    return undefined;
  }
}

async function record(open: OpenTarget, words: RedriveWords, result: FollowedRedrive): Promise<void> {
  const { limit, canary, maxRedrives = DEFAULT_MAX_REDRIVES } = words;
  const { redriven, resumed, undeleted, refused, guarded } = result;
  await recordChange(open, {
    deed: "redrive",
    filter: { ...filterOf(words), limit, canary, maxRedrives },
    counts: {
      redriven: redriven.length,
      resumed: resumed.length,
      undeleted: undeleted.length,
      refused: refused.length,
      guarded: guarded.length,
    },
  });
}
