// What `darkroom pause` and `darkroom resume` do.
import { type Lane, lanesOf } from "../operations/engine.ts";
import { type Switched, switchMappings } from "../operations/pause.ts";
import { expected } from "../settings/problem.ts";
import { recordChange } from "./audit.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { engineOf, withTarget } from "./target.ts";
import { step } from "./terminal/screen.ts";

export interface SwitchWords extends TargetOptions {
  lane?: Lane;
  yes?: true;
}

export async function runSwitch(deed: "pause" | "resume", words: SwitchWords): Promise<ExitCode> {
  return await withTarget(words, async ({ target, name, pace, signal }) => {
    const engine = engineOf(target);
    const all = lanesOf(engine);
    const lanes = words.lane === undefined ? all : [words.lane];
    const unknown = lanes.find((lane) => !all.includes(lane));
    if (unknown) throw new UsageError(expected(`a lane of ${name}`, "--lane", unknown));
    await confirm(deed, `${deed} the ${lanes.join(" and the ")} lane of ${name}`, words);
    const doing = deed === "pause" ? "Pausing" : "Resuming";
    const done = deed === "pause" ? "Paused" : "Resumed";
    const work = () =>
      switchMappings(engine, { lanes, enabled: deed === "resume", pollMs: pace.pollMs, signal });
    const switched = await step(doing, work, (found) => [done, found.map(text).join(", ")]);
    const changed = switched.filter(({ before, state }) => before !== state).length;
    await recordChange({ target, name }, { deed, filter: { lanes }, counts: { changed } });
    if (words.json) console.log(JSON.stringify(switched, null, 2));
    return EXIT_CODE.done;
  });
}

function text({ lane, before, state }: Switched): string {
  return before === state
    ? `${lane} was ${state.toLowerCase()} already`
    : `${lane} is ${state.toLowerCase()}`;
}
