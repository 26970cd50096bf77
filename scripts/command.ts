// Scripts as commands: wrong words are answered with a sentence each and exit code 2, as `darkroom` does.
import { type ParseArgsConfig, type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { EXIT_CODE, UsageError } from "../cli/exit-code.ts";
import { explain } from "../cli/explain.ts";
import { expected } from "../settings/problem.ts";

/** What is a number when nothing is said, or has a `least`, must be a number when something is. */
interface Option extends ParseArgsOptionDescriptor {
  least?: number;
}

interface Words extends ParseArgsConfig {
  options?: Record<string, Option>;
  /** Shown above the options to who asks for `--help`. */
  help?: string;
}

/** As `parseArgs`, but ends the process when words are wrong, having named them all, or when `--help` is asked for. */
export function readWords<const Config extends Words>(config: Config) {
  const usage = `Options: ${
    Object.keys(config.options ?? {})
      .map(flag)
      .join(", ") || "none"
  }`;
  if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) {
    console.log(config.help === undefined ? usage : `${config.help.trim()}\n\n${usage}`);
    process.exit(EXIT_CODE.done);
  }
  const problems = problemsOf(config);
  if (problems.length > 0) refuse(problems.join("\n"), usage);
  return parseArgs(config);
}

/** For what only the script knows of its words. */
export function refuse(sentence: string, hint?: string): never {
  process.exit(explain(new UsageError(sentence, hint)));
}

/** What the user can mend is said without a stack. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function problemsOf(config: Words): string[] {
  const { options = {}, allowPositionals = false } = config;
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  return tokens.flatMap((token) => {
    if (token.kind === "positional") {
      return allowPositionals ? [] : [expected("options only", "the words", token.value)];
    }
    if (token.kind !== "option") return [];
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) return [expected("one of the options", "a word", token.rawName)];
    const what = wrongIn(option, token.value);
    return what === undefined ? [] : [expected(what, flag(token.name), token.value)];
  });
}

/** What was expected instead; undefined when nothing is wrong. */
function wrongIn({ type, default: initially, least }: Option, value: string | undefined): string | undefined {
  if (type === "boolean") return value === undefined ? undefined : "no value";
  const minimum = least ?? (isNumber(initially) ? 0 : undefined);
  if (minimum !== undefined)
    return isNumber(value) && Number(value) >= minimum ? undefined : `a number of at least ${minimum}`;
  return value === undefined || value.startsWith("-") ? "a value" : undefined;
}

function isNumber(value: unknown): boolean {
  return typeof value === "string" && value !== "" && Number.isFinite(Number(value));
}

function flag(name: string): string {
  return `--${name}`;
}
