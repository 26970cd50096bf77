// Pulumi.yaml and Pulumi.<stack>.yaml, as the Pulumi command reads them: which program to run, and its configuration.
// https://www.pulumi.com/docs/iac/concepts/projects/project-file/
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { DeploymentError } from "./deployment-error.ts";

export interface Project {
  name: string;
  /** Of the program, relative to the project. */
  main: string;
  nodeArguments: string[];
  /** `namespace:key` to its value, JSON where it is not a string. */
  config: Record<string, string>;
}

interface ProjectFile {
  name: string;
  main?: string;
  runtime?: string | { options?: { nodeargs?: string } };
  config?: Record<string, unknown>;
}

export function readProject(directory: string, stack: string): Project {
  const {
    name,
    main = ".",
    runtime,
    config = {},
  } = readYaml(join(directory, "Pulumi.yaml")) as unknown as ProjectFile;
  const { nodeargs = "" } = (typeof runtime === "object" && runtime.options) || {};
  const stackFile = `Pulumi.${stack}.yaml`;
  const stackPath = join(directory, stackFile);
  const ofStack = existsSync(stackPath)
    ? ((readYaml(stackPath).config ?? {}) as Record<string, unknown>)
    : {};
  for (const [key, value] of Object.entries(ofStack)) refuseSecrets(value, key, stackFile);
  const defaults = Object.entries(config).map(([key, declared]) => [key, defaultOf(declared)] as const);
  const values = new Map(
    [...defaults, ...Object.entries(ofStack)].map(([key, value]) => [
      key.includes(":") ? key : `${name}:${key}`,
      value,
    ]),
  );
  const missing = [...values].flatMap(([key, value]) => (value === undefined ? [key] : []));
  if (missing.length > 0) {
    throw new DeploymentError(
      `Expected a value in ${stackFile} for ${missing.join(", ")}, but received none.`,
    );
  }
  return {
    name,
    main,
    nodeArguments: nodeargs.split(/\s+/).filter((argument) => argument !== ""),
    config: Object.fromEntries([...values].map(([key, value]) => [key, textOf(value)])),
  };
}

function readYaml(path: string): Record<string, unknown> {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new DeploymentError(`Expected a YAML file at ${path}, but received: ${(error as Error).message}`);
  }
}

/** `key: value`, or a declaration `key: { type, default, description }`, or `key: { value }`. */
function defaultOf(declared: unknown): unknown {
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) return declared;
  const { value, default: initially } = declared as { value?: unknown; default?: unknown };
  return value ?? initially;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function refuseSecrets(value: unknown, key: string, file: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("secure" in value) {
    throw new DeploymentError(
      `Expected a plain value for ${key} in ${file}, but received a secret, which only pulumi can read.`,
    );
  }
  for (const nested of Object.values(value)) refuseSecrets(nested, key, file);
}
