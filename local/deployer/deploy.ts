// Deploys a Pulumi program to the local cloud: runs the real program, and makes what it declares.
import { resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud.ts";
import type { Lambda } from "../lambda/lambda.ts";
import { inProcess } from "../protocol/http.ts";
import { answerInvoke } from "./invokes.ts";
import { readProject } from "./project.ts";
import { createRegistry } from "./registry.ts";
import type { Declared, Target } from "./resource-type.ts";
import { record, resourceTypes } from "./resource-types.ts";
import { run } from "./run.ts";
import { endUndeclared } from "./sns.ts";
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

export interface DeployedResource extends Declared {
  state: "deployed" | "recorded";
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
  const resources: DeployedResource[] = [];
  const registry = createRegistry(project.name, stack, async (declared) => {
    const type = resourceTypes[declared.type];
    const made = type ? await type(declared as Declared<never>, target) : record(declared, target);
    resources.push({ ...declared, state: type && !made.isOnlyRecorded ? "deployed" : "recorded" });
    return made;
  });
  const invoke = (token: string) => answerInvoke(token, target);
  const outputs = await run({ project, stack, projectDirectory, environment, log, registry, invoke });
  await endUndeclared(resources, target);
  return { outputs, resources };
}

function targetOf(
  { endpoint, region, accountId, dataDirectory, iam, handle }: Cloud,
  lambda: Lambda,
  projectDirectory: string,
): Target {
  const client = { endpoint, region, credentials: iam.rootCredentials, requestHandler: inProcess(handle) };
  return {
    s3: new S3Client({ ...client, forcePathStyle: true }),
    sqs: new SQSClient(client),
    sns: new SNSClient(client),
    dynamodb: async () => new (await import("@aws-sdk/client-dynamodb")).DynamoDB(client),
    ...{ iam, lambda, region, accountId, projectDirectory, dataDirectory },
  };
}
