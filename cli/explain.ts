// What a command says about an error, and the exit code it ends with.
import { CommanderError } from "commander";
import { DeploymentError } from "../local/deployer/deployment-error.ts";
import { SettingsError } from "../settings/problem.ts";
import { Interrupted } from "./ask.ts";
import { awsProblem } from "./aws-error.ts";
import { EXIT_CODE, UsageError } from "./exit-code.ts";
import { readable } from "./terminal/printable.ts";

/** What the user can mend is said in a sentence; anything else is a bug, and shows its stack. */
export function explain(thrown: unknown): number {
  const error = awsProblem(thrown) ?? thrown;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.wrongUsage;
  if (error instanceof Interrupted) {
    console.error();
    return EXIT_CODE.interrupted;
  }
  if (error instanceof UsageError) {
    console.error(readable(error.hint ? `${error.message}\n${error.hint}` : error.message));
    return EXIT_CODE.wrongUsage;
  }
  if (error instanceof DeploymentError || error instanceof SettingsError) {
    console.error(readable(error.message));
    return EXIT_CODE.wrongUsage;
  }
  console.error(error);
  return EXIT_CODE.someFailed;
}
