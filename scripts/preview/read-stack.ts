// What `pulumi up` would declare for a stack: its settings, and the resources of the real index.ts. Settings come first:
// with a wrong one, the program is not even started.
import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { UsageError } from "../../cli/exit-code.ts";
import { type Preview, preview } from "../../local/deployer/preview.ts";
import { readProject } from "../../local/deployer/project.ts";
import type { RegisteredResource } from "../../local/deployer/registry.ts";
import { expected } from "../../settings/problem.ts";
import { parseConfiguration, type Settings } from "../../settings/settings.ts";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface StackPreview extends Preview {
  stack: string;
  settings: Settings;
}

export interface ReadOptions {
  projectDirectory?: string;
  dryRun?: boolean;
}

/** Rejects with a SettingsError, a UsageError or a DeploymentError. */
export async function readStack(stack: string, options: ReadOptions = {}): Promise<StackPreview> {
  const { projectDirectory = ROOT, dryRun = false } = options;
  const file = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(projectDirectory, file)))
    throw new UsageError(expected(`a stack with a file ${file}`, "--stack", stack));
  const project = readProject(projectDirectory, stack);
  const settings = parseConfiguration(project.config, project.name);
  // Nobody opens it: the worker is not built for a look at the program.
  const environment = { DARKROOM_ARTIFACT: "dist/worker" };
  const found = await preview({ projectDirectory, stack, environment, dryRun });
  const resources = found.resources.map((resource) => ({
    ...resource,
    declaredAt: declaredAt(resource, resolve(projectDirectory, project.main)),
  }));
  return { ...found, resources, stack, settings };
}

/**
 * `infra/alarms.ts:46`. Of what stands at the top of the program the SDK does not tell the line: its own frames have no
 * function.
 */
function declaredAt({ type, name, declaredAt: told }: RegisteredResource, main: string): string {
  const [, path, line] = /^(\/.*):(\d+)$/.exec(told) ?? [];
  if (path !== undefined) return `${relative(ROOT, path)}:${line}`;
  const statement = `new ${type.split(":").at(-1)}("${name}"`;
  const index = readFileSync(main, "utf8")
    .split("\n")
    .findIndex((text) => text.includes(statement));
  return index < 0 ? relative(ROOT, main) : `${relative(ROOT, main)}:${index + 1}`;
}
