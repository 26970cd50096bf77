// Runs a Pulumi program with mocks instead of an engine, and tells what it declared, with what the mocks themselves do not
// show: parents, dependencies and protection are read from the raw requests. One run at a time: Pulumi's state is global.
import * as pulumi from "@pulumi/pulumi";
import { type Dependent, urnsByInput } from "../../local/deployer/values.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a resource was declared with is whatever its type takes.
type Inputs = Record<string, any>;

interface DeclaredResource {
  type: string;
  name: string;
  inputs: Inputs;
  urn: string;
  parent: string;
  dependsOn: string[];
  /** By input: the urns of the resources whose outputs are in it. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
}

export interface MockedRun {
  resources: DeclaredResource[];
  of(type: string): DeclaredResource[];
  /** The only one of its type, or the only one with that in its name. */
  one(type: string, namePart?: string): DeclaredResource;
}

export interface MockedOptions {
  config?: Record<string, unknown>;
  stack?: string;
  /** As `pulumi preview` of a new stack: outputs are unknown, and nothing within `apply` runs. */
  preview?: boolean;
}

const MOCKED_PROJECT = "darkroom";
const MOCKED_REGION = "eu-west-1";
export const MOCKED_ACCOUNT = "123456789012";

/** Exported, but marked internal: waits for all registrations, also of those that others lead to. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

export async function runMocked(
  program: () => unknown,
  { config = {}, stack = "test", preview = false }: MockedOptions = {},
): Promise<MockedRun> {
  const texts = Object.entries(config).map(([name, value]) => [
    `${MOCKED_PROJECT}:${name}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts));
  await pulumi.runtime.setMocks({ newResource, call }, MOCKED_PROJECT, stack, preview, "organization");
  const resources: DeclaredResource[] = [];
  const failures: Error[] = [];
  listen(resources, failures);
  await program();
  await waitForRPCs();
  if (failures[0]) throw failures[0];
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  return { resources, of, one: (type, namePart = "") => only(of(type), type, namePart) };
}

/** Statements of a policy document, by Sid. */
export function statementsOf(policy: string): Record<string, Inputs> {
  const { Statement } = JSON.parse(policy) as { Statement: Inputs[] };
  return Object.fromEntries(Statement.map((statement, index) => [statement.Sid ?? index, statement]));
}

function only(found: DeclaredResource[], type: string, namePart: string): DeclaredResource {
  const named = found.filter(({ name }) => name.includes(namePart));
  const [first] = named;
  if (first && named.length === 1) return first;
  throw new Error(
    `Expected one ${type} ${namePart}, but received ${named.map(({ name }) => name).join(", ")}.`,
  );
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: Callback): unknown;
}

interface RegisterRequest extends Dependent {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getProtect(): boolean | undefined;
  getObject(): Parameters<typeof pulumi.runtime.deserializeProperties>[0];
}

type Callback = (error: Error | null, response?: { getUrn(): string }) => void;

function listen(resources: DeclaredResource[], failures: Error[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const declared: DeclaredResource = {
      type: request.getType(),
      name: request.getName(),
      inputs: pulumi.runtime.deserializeProperties(request.getObject()) as Inputs,
      urn: "",
      parent: request.getParent(),
      dependsOn: request.getDependenciesList(),
      propertyDependencies: urnsByInput(request),
      protect: request.getProtect() ?? false,
    };
    resources.push(declared);
    return register(request, (error, response) => {
      if (error) failures.push(error);
      else declared.urn = response?.getUrn() ?? "";
      callback(error, response);
    });
  };
}

/** Realistic arns: a missing one would become "undefined" in a policy, silently. */
function newResource({ type, name, inputs, custom }: pulumi.runtime.MockResourceArgs) {
  const physical = String(inputs.name ?? inputs.bucket ?? `${name}-1a2b3c4`);
  if (custom === false) return { id: "", state: {} };
  return { id: `${name}-id`, state: { ...inputs, name: physical, ...outputsOf(type, physical, inputs) } };
}

function outputsOf(type: string, name: string, inputs: Inputs): Inputs {
  const place = `${MOCKED_REGION}:${MOCKED_ACCOUNT}`;
  switch (type) {
    case "aws:s3/bucket:Bucket":
      return {
        bucket: name,
        arn: `arn:aws:s3:::${name}`,
        bucketRegionalDomainName: `${name}.s3.${MOCKED_REGION}.amazonaws.com`,
      };
    case "aws:cloudfront/distribution:Distribution":
      return {
        arn: `arn:aws:cloudfront::${MOCKED_ACCOUNT}:distribution/${name}`,
        domainName: `${name}.cloudfront.net`,
      };
    case "aws:sqs/queue:Queue":
      return {
        arn: `arn:aws:sqs:${place}:${name}`,
        url: `https://sqs.${MOCKED_REGION}.amazonaws.com/${MOCKED_ACCOUNT}/${name}`,
      };
    case "aws:iam/role:Role":
      return { arn: `arn:aws:iam::${MOCKED_ACCOUNT}:role/${name}` };
    case "aws:cloudwatch/eventRule:EventRule":
      return { arn: `arn:aws:events:${place}:rule/${name}` };
    case "aws:lambda/function:Function":
      return { arn: `arn:aws:lambda:${place}:function:${name}`, version: "7" };
    case "aws:lambda/alias:Alias":
      return { arn: `arn:aws:lambda:${place}:function:${inputs.functionName}:${name}` };
    case "aws:cloudwatch/logGroup:LogGroup":
      return { arn: `arn:aws:logs:${place}:log-group:${name}` };
    default:
      return { arn: `arn:aws:${type.split(/[:/]/)[1]}:${place}:${name}` };
  }
}

function call({ token }: pulumi.runtime.MockCallArgs): Inputs {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        accountId: MOCKED_ACCOUNT,
        arn: `arn:aws:iam::${MOCKED_ACCOUNT}:root`,
        userId: "user",
        id: "id",
      };
    case "aws:index/getRegion:getRegion":
      return { region: MOCKED_REGION, id: MOCKED_REGION };
    default:
      throw new Error(`Expected an invoke that is mocked, but received ${token}.`);
  }
}
