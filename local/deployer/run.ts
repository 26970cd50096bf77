// One run of a program against an engine of its own, from start to its outputs or its first failure.
import { DeploymentError } from "./deployment-error.ts";
import { serveEngine } from "./engine.ts";
import { runProgram } from "./program.ts";
import type { Project } from "./project.ts";
import type { Registry } from "./registry.ts";
import type { Inputs } from "./values.ts";

export interface RunOptions {
  project: Project;
  stack: string;
  projectDirectory: string;
  environment: Record<string, string>;
  registry: Registry;
  invoke(token: string): Inputs;
  /** As a preview, where outputs are unknown. */
  dryRun?: boolean;
  log(line: string): void;
}

/** Resolves to the outputs of the stack. Rejects with a DeploymentError. */
export async function run(options: RunOptions): Promise<Inputs> {
  const { registry, invoke, log, dryRun = false } = options;
  const engine = await serveEngine({ registry, invoke, log, unknowns: dryRun ? "keep" : "refuse" });
  const ended = await runProgram({ ...options, dryRun, engineAddress: engine.address }).finally(() =>
    engine.close(),
  );
  const outputs = outputsOf(registry, ended);
  if (ended.stderr !== "") log(ended.stderr);
  return outputs;
}

/** The exit code alone proves nothing: after an engine that stops, the program may end with 0. */
function outputsOf(registry: Registry, { code, stderr }: { code: number | null; stderr: string }): Inputs {
  const failure = registry.failure();
  if (failure) throw failure;
  const outputs = registry.outputs();
  if (code !== 0 || outputs === undefined)
    throw new DeploymentError(stderr || `The program ended with exit code ${code}.`);
  return outputs;
}
