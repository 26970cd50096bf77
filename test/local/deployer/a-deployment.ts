// A local cloud to deploy programs to, and project folders whose stack files a test writes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DeployedResource, type Deployment, deploy } from "../../../local/deployer/deploy.ts";
import type { FunctionConfiguration } from "../../../local/lambda/function.ts";
import { createLambda } from "../../../local/lambda/lambda.ts";
import type { MappingConfiguration } from "../../../local/lambda/mappings/event-source-mapping.ts";
import { startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

export const FIXTURES = join(import.meta.dirname, "fixtures");
export const ROOT = join(import.meta.dirname, "../../..");

/** Each takes two seconds of CPU, and the machine may have better things to do. */
export const SEVERAL_PROGRAMS_MS = 120_000;

interface DeployArguments {
  projectDirectory: string;
  stack: string;
  environment?: Record<string, string>;
}

export interface Stage {
  cloud: TestCloud;
  /** What programs said. */
  said: string[];
  /** What Lambda was told last, by the name of the function and the arn of the queue. */
  functions: Map<string, FunctionConfiguration>;
  mappings: Map<string, MappingConfiguration>;
  deploy(options: DeployArguments): Promise<Deployment>;
  close(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const cloud = await startTestCloud();
  const lambda = createLambda(cloud, { maximumEnvironments: 1, closeGraceMs: 500, log: () => {} });
  const said: string[] = [];
  const functions = new Map<string, FunctionConfiguration>();
  const mappings = new Map<string, MappingConfiguration>();
  const { putFunction, putEventSourceMapping } = lambda;
  lambda.putFunction = (configuration) => {
    functions.set(configuration.name, configuration);
    putFunction(configuration);
  };
  lambda.putEventSourceMapping = async (configuration) => {
    mappings.set(configuration.eventSourceArn, configuration);
    await putEventSourceMapping(configuration);
  };
  return {
    ...{ cloud, said, functions, mappings },
    deploy: (options) => deploy({ cloud, lambda, log: (line) => said.push(line), ...options }),
    async close() {
      await lambda.close();
      await cloud.stop();
    },
  };
}

export interface ProjectCopy {
  projectDirectory: string;
  /** Replaces Pulumi.<stack>.yaml. */
  writeStack(stack: string, yaml: string): void;
  remove(): void;
}

/** The Pulumi.yaml of a folder, in a folder of its own; the program stays where it is. */
export function copyProject(directory: string, main: string): ProjectCopy {
  const folder = temporaryFolder();
  const yaml = readFileSync(join(directory, "Pulumi.yaml"), "utf8");
  folder.write("Pulumi.yaml", yaml.replace(`main: ${main}`, `main: ${join(directory, main)}`));
  return {
    projectDirectory: folder.path,
    writeStack: (stack, text) => void folder.write(`Pulumi.${stack}.yaml`, text),
    remove: folder.remove,
  };
}

export function only(resources: DeployedResource[], type: string, nameEnd = ""): DeployedResource {
  const found = resources.filter((resource) => resource.type === type && resource.name.endsWith(nameEnd));
  const [first] = found;
  if (first && found.length === 1) return first;
  throw new Error(`Expected one ${type} ${nameEnd}, but received ${found.length}.`);
}
