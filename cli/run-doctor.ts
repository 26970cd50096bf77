// What `darkroom doctor` does.
import type { Finding } from "../operations/doctor/check.ts";
import { examine } from "../operations/doctor/doctor.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { paint } from "./terminal/screen.ts";

export interface DoctorWords extends TargetOptions {
  probe: boolean;
  limit: number;
}

export async function runDoctor({ probe, limit, json, ...options }: DoctorWords): Promise<ExitCode> {
  return await withTarget(options, async ({ target, pace, signal }) => {
    const onFinding = (finding: Finding) => {
      if (!json) console.log(text(finding));
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

const NAME_COLUMNS = 40;

function text({ name, state, found, meaning, mend }: Finding): string {
  const [style, mark] = MARKS[state];
  const line = `${paint(style, mark)} ${name.padEnd(NAME_COLUMNS)} ${printable(found)}`;
  if (state === "good") return line;
  return `${line}\n  ${paint("dim", meaning)}\n  ${paint("dim", `→ ${mend}`)}`;
}
