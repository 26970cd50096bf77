// AWS publishes the wire model of each service inside its own SDK client: every operation's HTTP binding, headers, XML
// names and error codes, as run-time values (`PutObject$`, …). The servers here read that model; nothing about the wire
// format of an operation is written by hand. It is exported but not documented: the lock file pins it, and a test walks
// every operation we serve, so an upgrade that changes it shows at once.
import { NormalizedSchema } from "@smithy/core/schema";

type Traits = Record<string, unknown>;

export interface Member {
  name: string;
  schema: NormalizedSchema;
  traits: Traits;
  required: boolean;
}

export interface Operation {
  name: string;
  http: { method: string; uri: string; status: number } | undefined;
  input: Member[];
  output: Member[];
  inputSchema: NormalizedSchema;
  outputSchema: NormalizedSchema;
}

interface ModelledError {
  status: number;
  /** The code of the older query protocol, where it differs from the name. */
  queryCode: string | undefined;
  sender: boolean;
}

export interface ServiceModel {
  operations: ReadonlyMap<string, Operation>;
  errors: ReadonlyMap<string, ModelledError>;
}

/** An answer of a service that is an error: its code is its name. */
export class ServiceError extends Error {
  readonly status: number | undefined;
  readonly detail: Record<string, string>;
  readonly headers: Record<string, string>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; detail?: Record<string, string>; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = code;
    this.status = options.status;
    this.detail = options.detail ?? {};
    this.headers = options.headers ?? {};
  }
}

// The SDK's static schemas are tuples: [kind, namespace, name, traits, …].
const OPERATION = 9;
const ERROR = -3;
type Shape = [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  members: string[],
  schemas: unknown[],
  required?: number,
];
type Lazy<Value> = Value | (() => Value);
type StaticOperation = [
  kind: 9,
  namespace: string,
  name: string,
  traits: unknown,
  input: Lazy<Shape | "unit">,
  output: Lazy<Shape | "unit">,
];
type StaticError = [kind: -3, namespace: string, name: string, traits: unknown, ...rest: unknown[]];

/** Reads the model of a client package: `readModel(await import("@aws-sdk/client-sqs"))`. */
export function readModel(client: object): ServiceModel {
  const operations = new Map<string, Operation>();
  const errors = new Map<string, ModelledError>();
  for (const exported of Object.values(client)) {
    if (!Array.isArray(exported)) continue;
    if (exported[0] === OPERATION) {
      const operation = readOperation(exported as unknown as StaticOperation);
      operations.set(operation.name, operation);
    } else if (exported[0] === ERROR) {
      const [, , name, traits] = exported as unknown as StaticError;
      errors.set(name, readError(traits));
    }
  }
  return { operations, errors };
}

function readOperation([, , name, traits, lazyInput, lazyOutput]: StaticOperation): Operation {
  const input = force(lazyInput);
  const output = force(lazyOutput);
  const http = (traits as { http?: [method: string, uri: string, status: number] } | 0) || {};
  const [method = "", uri = "", status = 200] = http.http ?? [];
  return {
    name,
    http: method ? { method, uri, status } : undefined,
    input: membersOf(input),
    output: membersOf(output),
    inputSchema: NormalizedSchema.of(input as never),
    outputSchema: NormalizedSchema.of(output as never),
  };
}

function readError(traits: unknown): ModelledError {
  const { error, httpError, awsQueryError } = (traits || {}) as {
    error?: string;
    httpError?: number;
    awsQueryError?: [code: string];
  };
  const sender = error !== "server";
  return { status: httpError ?? (sender ? 400 : 500), queryCode: awsQueryError?.[0], sender };
}

function membersOf(shape: Shape | "unit"): Member[] {
  if (shape === "unit") return [];
  const [, , , , names, , requiredCount = 0] = shape;
  const structure = NormalizedSchema.of(shape as never);
  return names.map((name, index) => {
    const schema = structure.getMemberSchema(name);
    return { name, schema, traits: schema.getMergedTraits() as Traits, required: index < requiredCount };
  });
}

function force<Value>(value: Lazy<Value>): Value {
  return typeof value === "function" ? (value as () => Value)() : value;
}
