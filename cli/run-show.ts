// What `darkroom show` does.
import { reportOnSource } from "../operations/source-report.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { deadLetterJson } from "./json-dead-letter.ts";
import { withTarget } from "./target.ts";
import { sourceReportText } from "./terminal/source-report.ts";

export async function runShow(key: string, options: TargetOptions): Promise<ExitCode> {
  return await withTarget(options, async ({ target, pace, signal }) => {
    const report = await reportOnSource(target, key, { ...pace, signal });
    const { deadLetters, ...rest } = report;
    const document = { ...rest, deadLetters: deadLetters.map(deadLetterJson) };
    console.log(options.json ? JSON.stringify(document, null, 2) : sourceReportText(report));
    const isRight = report.set === (report.source ? "current" : "none");
    return isRight ? EXIT_CODE.done : EXIT_CODE.someFailed;
  });
}
