// Deploys a Pulumi program to the local cloud: runs the real program, and makes what it declares.
import { resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud.ts";
import type { Lambda } from "../lambda/lambda.ts";
import { inProcess } from "../protocol/http.ts";
import { DeploymentError } from "./deployment-error.ts";
import { serveEngine } from "./engine.ts";
import { answerInvoke } from "./invokes.ts";
import { runProgram } from "./program.ts";
import { readProject } from "./project.ts";
import { createRegistry, type DeployedResource, type Registry } from "./registry.ts";
import type { Target } from "./resource-type.ts";
import type { Inputs } from "./values.ts";

export interface DeployOptions {
  cloud: Cloud;
  lambda: Lambda;
  /** With Pulumi.yaml in it. */
  projectDirectory: string;
  stack: string;
  /** Added to the environment of the program. */
  environment?: Record<string, string>;
  /** What the program says. */
  log?(line: string): void;
}

export interface Deployment {
  /** Of the stack. */
  outputs: Inputs;
  resources: DeployedResource[];
}

/** Rejects with a DeploymentError that says why, for whoever wrote the program or its settings. */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { cloud, lambda, stack, environment = {}, log = () => {} } = options;
  const projectDirectory = resolve(options.projectDirectory);
  const project = readProject(projectDirectory, stack);
  const target = targetOf(cloud, lambda, projectDirectory);
  const registry = createRegistry(project.name, stack, target);
  const engine = await serveEngine({ registry, invoke: (token) => answerInvoke(token, target), log });
  const run = { project, stack, projectDirectory, environment, log, engineAddress: engine.address };
  const ended = await runProgram(run).finally(() => engine.close());
  const deployment = deploymentOf(registry, ended);
  if (ended.stderr !== "") log(ended.stderr);
  return deployment;
}

/** The exit code alone proves nothing: after an engine that stops, the program may end with 0. */
function deploymentOf(
  registry: Registry,
  { code, stderr }: { code: number | null; stderr: string },
): Deployment {
  const failure = registry.failure();
  if (failure) throw failure;
  const outputs = registry.outputs();
  if (code !== 0 || outputs === undefined)
    throw new DeploymentError(stderr || `The program ended with exit code ${code}.`);
  return { outputs, resources: registry.resources };
}

function targetOf(
  { endpoint, region, accountId, iam, handle }: Cloud,
  lambda: Lambda,
  projectDirectory: string,
): Target {
  const client = { endpoint, region, credentials: iam.rootCredentials, requestHandler: inProcess(handle) };
  return {
    s3: new S3Client({ ...client, forcePathStyle: true }),
    sqs: new SQSClient(client),
    ...{ iam, lambda, region, accountId, projectDirectory },
  };
}
