// Servers for the awsJson 1.0 protocol, and for the older awsQuery form of the same API that aws 2.9 and boto3 1.26 still
// speak. Both read the operation's shape from the published model and end in the same function.
import { randomUUID } from "node:crypto";
import type { Authenticate } from "./authentication.ts";
import { type Fault, readQuery, writeQueryError, writeQueryResult } from "./aws-query.ts";
import { type Handle, type Request, readBody } from "./http.ts";
import { checkType } from "./json-types.ts";
import { ServiceError, type ServiceModel } from "./model.ts";

export type RpcHandler = (input: never, request: Request) => Promise<object | undefined>;

export interface RpcService {
  model: ServiceModel;
  handlers: Readonly<Record<string, RpcHandler>>;
  /** `com.amazonaws.sqs` */
  namespace: string;
  /** JSON names of errors the model does not list; in the query protocol the code is the name itself. */
  jsonNames?: Readonly<Record<string, string>>;
  /** Of the query protocol. */
  xmlNamespace: string;
  /** Of the query protocol, where it words an error differently. */
  queryMessages?: Readonly<Record<string, string>>;
  /** Actions that the query protocol takes at the root only, not at the address of a queue. */
  rootActions?: readonly string[];
  /** What the service calls errors that have one name everywhere here. */
  codes?: Readonly<Record<string, string>>;
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

export function createAwsJsonServer(service: RpcService): Handle {
  return async (sent) => {
    const headers: Record<string, string> = {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": randomUUID(),
    };
    try {
      const request = await service.authenticate(sent);
      const [, action = ""] = (request.headers["x-amz-target"] ?? "").split(".");
      const input = parseJson((await readBody(request)).toString());
      const operation = service.model.operations.get(action);
      if (operation) checkType(operation.inputSchema, input);
      const output = await invoke(service, action, input, request);
      return { status: 200, headers, body: JSON.stringify(output) };
    } catch (error) {
      const { name, message, status, queryCode, sender } = faultOf(service, error);
      headers["x-amzn-query-error"] = `${queryCode};${sender ? "Sender" : "Receiver"}`;
      const type = `${service.namespace}#${service.jsonNames?.[name] ?? name}`;
      return { status, headers, body: JSON.stringify({ __type: type, message }) };
    }
  };
}

export function createAwsQueryServer(service: RpcService): Handle {
  return async (sent) => {
    const requestId = randomUUID();
    const headers = { "content-type": "text/xml", "x-amzn-requestid": requestId };
    try {
      const request = await service.authenticate(sent);
      const form =
        request.method === "GET" ? request.query : new URLSearchParams((await readBody(request)).toString());
      const action = form.get("Action");
      if (action === null) return { status: 404, headers, body: "<UnknownOperationException/>\n" };
      const isQueue = request.path.length > 1;
      if (isQueue && service.rootActions?.includes(action)) throw invalidAction(action);
      const operation = service.model.operations.get(action);
      const input = operation ? readQuery(operation.inputSchema, form) : {};
      if (isQueue) input.QueueUrl ??= `http://${request.host}${request.path}`;
      const output = await invoke(service, action, input, request);
      return {
        status: 200,
        headers,
        body: writeQueryResult(service.xmlNamespace, action, operation?.outputSchema, output, requestId),
      };
    } catch (error) {
      const fault = faultOf(service, error);
      fault.message = service.queryMessages?.[fault.name] ?? fault.message;
      return { status: fault.status, headers, body: writeQueryError(service.xmlNamespace, fault, requestId) };
    }
  };
}

async function invoke(
  service: RpcService,
  action: string,
  input: Record<string, unknown>,
  request: Request,
): Promise<object> {
  const operation = service.model.operations.get(action);
  const handler = service.handlers[action];
  if (!operation || !handler) throw invalidAction(action);
  for (const { name, required, schema } of operation.input) {
    if (!required || input[name] !== undefined || schema.isListSchema()) continue;
    throw new ServiceError("MissingParameter", `The request must contain the parameter ${name}.`);
  }
  return (await handler(input as never, request)) ?? {};
}

function invalidAction(action: string): ServiceError {
  return new ServiceError("InvalidAction", `The action ${action} is not valid for this endpoint.`);
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text || "{}") as Record<string, unknown>;
  } catch {
    throw new ServiceError("SerializationException", "Expected JSON for the request's body.");
  }
}

function faultOf(service: RpcService, thrown: unknown): Fault {
  if (!(thrown instanceof ServiceError)) {
    service.reportBug(thrown);
    return {
      name: "InternalFailure",
      message: "An internal error occurred.",
      status: 500,
      queryCode: "InternalFailure",
      sender: false,
    };
  }
  const { message } = thrown;
  const name = service.codes?.[thrown.name] ?? thrown.name;
  const known = service.model.errors.get(name);
  return {
    name,
    message,
    status: thrown.status ?? known?.status ?? 400,
    queryCode: known?.queryCode ?? name,
    sender: known?.sender ?? true,
  };
}
