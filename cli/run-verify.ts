// What `darkroom verify` does.
import { laneDepth, messageCount } from "../operations/queue-depth.ts";
import { requestReconcile } from "../operations/request-reconcile.ts";
import { repairable, type Verification, verify } from "../operations/verify.ts";
import { recordChange } from "./audit.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { note, paint } from "./terminal/screen.ts";

export interface VerifyWords extends TargetOptions {
  prefix?: string;
  repair?: true;
}

export async function runVerify({ prefix, repair, ...options }: VerifyWords): Promise<ExitCode> {
  return await withTarget(options, async ({ target, name, pace, signal }) => {
    const waiting = messageCount(await laneDepth(target, signal));
    if (waiting > 0) note(`${countText(waiting, "message")} to do: what waits may look missing or stale.`);
    const verification = await verify(target, { ...pace, signal, prefix });
    const keys = repairable(verification);
    const repaired = repair ? keys.length : 0;
    if (repaired > 0) {
      await requestReconcile(target, keys, { signal });
      await recordChange({ deed: "repair", target: name, filter: { prefix }, counts: { repaired } });
    }
    console.log(options.json ? JSON.stringify({ ...verification, repaired }, null, 2) : text(verification));
    if (!options.json && repaired > 0) console.log(`\n${countText(repaired, "source")} enqueued for repair.`);
    return keys.length === 0 || repair ? EXIT_CODE.done : EXIT_CODE.someFailed;
  });
}

/** More would scroll the sums off the screen; --json has them all. */
const MAX_KEYS = 20;

function text(verification: Verification): string {
  const { sources, current, explained } = verification;
  const sums = `${countText(sources, "source")}: ${current} current, ${explained.length} explained by a dead letter.`;
  const lists = (["missing", "stale", "torn", "orphaned"] as const).flatMap((state) => {
    const keys = verification[state];
    if (keys.length === 0) return [];
    const more = keys.length > MAX_KEYS ? [`  … and ${keys.length - MAX_KEYS} more`] : [];
    const shown = keys.slice(0, MAX_KEYS).map((key) => `  ${printable(key)}`);
    return [[`${paint("yellow", `${keys.length} ${state}`)}`, ...shown, ...more].join("\n")];
  });
  return [sums, ...(lists.length > 0 ? lists : [paint("green", "Everything agrees.")])].join("\n\n");
}
