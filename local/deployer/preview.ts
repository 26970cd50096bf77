// Runs a Pulumi program without making anything of what it declares. It gets names and arns in AWS's forms for what would
// be there after an update; in a dry run it gets none, as from `pulumi preview` of a new stack.
import { resolve } from "node:path";
import { answerInvoke } from "./invokes.ts";
import { likenessOf } from "./likeness.ts";
import { readProject } from "./project.ts";
import { createRegistry, type RegisteredResource } from "./registry.ts";
import { run } from "./run.ts";
import type { Inputs } from "./values.ts";

export interface PreviewOptions {
  /** With Pulumi.yaml in it. */
  projectDirectory: string;
  stack: string;
  /** Added to the environment of the program. */
  environment?: Record<string, string>;
  dryRun?: boolean;
  /** What the program says. */
  log?(line: string): void;
}

export interface Preview {
  project: string;
  region: string;
  /** Of the stack. */
  outputs: Inputs;
  /** In the order of their declaration, components too. */
  resources: RegisteredResource[];
}

/** Where the stack does not say. */
const DEFAULT_REGION = "us-east-1";
const ACCOUNT_ID = "123456789012";

/** Rejects with a DeploymentError that says why, for whoever wrote the program or its settings. */
export async function preview(options: PreviewOptions): Promise<Preview> {
  const { stack, environment = {}, dryRun = false, log = () => {} } = options;
  const projectDirectory = resolve(options.projectDirectory);
  const project = readProject(projectDirectory, stack);
  const place = { region: project.config["aws:region"] ?? DEFAULT_REGION, accountId: ACCOUNT_ID };
  const registry = createRegistry(project.name, stack, async (declared) =>
    dryRun ? { id: "", outputs: {} } : likenessOf(declared, place),
  );
  const invoke = (token: string) => answerInvoke(token, place);
  const context = { project, stack, projectDirectory, environment, dryRun, log };
  const outputs = await run({ ...context, registry, invoke });
  return { project: project.name, region: place.region, outputs, resources: registry.resources };
}
