// What `darkroom verify` does.
import { laneDepth, messageCount } from "../operations/queue-depth.ts";
import { requestReconcile } from "../operations/request-reconcile.ts";
import { DAMAGES, type Finding, type Tally, verify } from "../operations/verify.ts";
import { recordChange } from "./audit.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { keepMemoryLittle } from "./little-memory.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { note, paint, progressLine } from "./terminal/screen.ts";

export interface VerifyWords extends TargetOptions {
  prefix?: string;
  repair?: true;
  yes?: true;
}

/** The keys in each state: all of them, or the first few. */
type Keys = Record<Finding["state"], string[]>;

export async function runVerify(words: VerifyWords): Promise<ExitCode> {
  keepMemoryLittle();
  return await withTarget(words, async (open) => {
    const { target, name, isDeployed, signal } = open;
    const { prefix, repair, json } = words;
    if (repair && isDeployed) await confirm("repair", `enqueue what does not agree in ${name}`, words);
    const waiting = messageCount(await laneDepth(target, signal));
    if (waiting > 0) note(`${countText(waiting, "message")} to do: what waits may look missing or stale.`);
    const { tally, keys, repaired } = await compare(open, words);
    if (repaired > 0) await recordChange(open, { deed: "repair", filter: { prefix }, counts: { repaired } });
    if (json) console.log(JSON.stringify({ ...tally, ...keys, repaired }, null, 2));
    else console.log(text(tally, keys));
    if (!json && repaired > 0) console.log(`\n${countText(repaired, "source")} enqueued for repair.`);
    return damaged(tally) === 0 || repair ? EXIT_CODE.done : EXIT_CODE.someFailed;
  });
}

/** More would scroll the sums off the screen; --json has them all. */
const MAX_KEYS = 20;

async function compare({ target, pace, signal }: OpenTarget, { prefix, repair, json }: VerifyWords) {
  const keys: Keys = { explained: [], missing: [], stale: [], torn: [], surplus: [], orphaned: [] };
  const line = progressLine();
  let repaired = 0;
  const onFindings = async (findings: readonly Finding[], compared: number) => {
    for (const { key, state } of findings) if (json || keys[state].length < MAX_KEYS) keys[state].push(key);
    line.show(`Comparing… ${compared.toLocaleString("en")}`);
    if (!repair) return;
    const damagedKeys = findings.filter(({ state }) => state !== "explained").map(({ key }) => key);
    await requestReconcile(target, damagedKeys, { signal });
    repaired += damagedKeys.length;
  };
  const comparing = verify(target, { ...pace, signal, prefix, onFindings });
  return { tally: await comparing.finally(line.clear), keys, repaired };
}

function damaged(tally: Tally): number {
  return DAMAGES.reduce((sum, state) => sum + tally[state], 0);
}

function text(tally: Tally, keys: Keys): string {
  const { sources, current, explained } = tally;
  const sums = `${countText(sources, "source")}: ${current} current, ${explained} explained by a dead letter.`;
  const lists = DAMAGES.flatMap((state) => {
    const count = tally[state];
    if (count === 0) return [];
    const shown = keys[state].map((key) => `  ${printable(key)}`);
    const more = count > shown.length ? [`  … and ${count - shown.length} more`] : [];
    return [[`${paint("yellow", `${count} ${state}`)}`, ...shown, ...more].join("\n")];
  });
  return [sums, ...(lists.length > 0 ? lists : [paint("green", "Everything agrees.")])].join("\n\n");
}
