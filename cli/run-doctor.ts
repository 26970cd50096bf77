// What `darkroom doctor` does.
import type { Finding } from "../operations/doctor/check.ts";
import { examine } from "../operations/doctor/doctor.ts";
import type { CommandText } from "./command-text.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { withTarget } from "./target.ts";
import { printable, wrap } from "./terminal/printable.ts";
import { paint } from "./terminal/screen.ts";

export interface DoctorWords extends TargetOptions {
  probe: boolean;
  limit: number;
}

export async function runDoctor({ probe, limit, json, ...options }: DoctorWords): Promise<ExitCode> {
  return await withTarget(options, async ({ target, pace, signal, command }) => {
    const onFinding = (finding: Finding) => {
      if (!json) console.log(text(finding, command));
    };
    const findings = await examine(target, { ...pace, probe, limitSeconds: limit, signal, onFinding });
    const failed = findings.filter(({ state }) => state === "failed").length;
    if (json) console.log(JSON.stringify(findings, null, 2));
    else if (failed === 0) console.log(`\n${countText(findings.length, "check")}, none failed.`);
    else console.log(`\n${failed} of ${countText(findings.length, "check")} failed.`);
    return failed === 0 ? EXIT_CODE.done : EXIT_CODE.someFailed;
  });
}

const MARKS = {
  good: ["green", "✔"],
  remark: ["yellow", "•"],
  failed: ["red", "✖"],
} as const;

const MAX_COLUMNS = 80;
/** Mark and name, with a space after each. */
const FOUND_AT = 41;

function text({ name, state, found, meaning, mend }: Finding, command: CommandText): string {
  const [style, mark] = MARKS[state];
  const [first, ...others] = wrap(printable(found), MAX_COLUMNS - FOUND_AT);
  const lines = [
    `${paint(style, mark)} ${name.padEnd(FOUND_AT - 3)} ${first}`,
    ...others.map((line) => `${" ".repeat(FOUND_AT)}${line}`),
  ];
  if (state === "good") return lines.join("\n");
  const dim = [
    ...wrap(meaning, MAX_COLUMNS - 2),
    `→ ${mend.replace(/^darkroom (.*)$/, (_, words) => command(words))}`,
  ].map((line) => `  ${paint("dim", line)}`);
  return [...lines, ...dim].join("\n");
}
