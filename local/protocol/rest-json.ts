// A server for the restJson1 protocol (Lambda), driven by the service's published model: it finds the operation by method
// and path, reads its input from path, query, headers and body, and writes its output as headers and JSON.
import { randomUUID } from "node:crypto";
import type { Authenticate } from "./authentication.ts";
import { checkConstraints } from "./constraints.ts";
import { type Handle, type Request, type Response, readBody } from "./http.ts";
import { checkType, withBytes } from "./json-types.ts";
import { type Member, type Operation, ServiceError, type ServiceModel } from "./model.ts";

type Shape = Record<string, unknown>;

/** A function's code comes as base64 in JSON. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BODY_BYTES = 70_167_211;

/** `requestId`: as the answer tells it. */
export type RestJsonHandler = (input: never, request: Request, requestId: string) => Promise<object>;

export interface RestJsonService {
  model: ServiceModel;
  handlers: Readonly<Record<string, RestJsonHandler>>;
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

export function createRestJsonServer(service: RestJsonService): Handle {
  const routes = [...service.model.operations.values()].flatMap(routeOf);
  return async (sent) => {
    const requestId = randomUUID();
    const headers = { "content-type": "application/json", "x-amzn-requestid": requestId };
    try {
      const request = await service.authenticate(sent, MAX_BODY_BYTES);
      const { operation, labels } = find(routes, request);
      const handler = service.handlers[operation.name];
      if (!handler)
        throw new ServiceError("NotImplemented", `${operation.name} is not served here.`, { status: 501 });
      const output = (await handler(
        (await readInput(operation, labels, request)) as never,
        request,
        requestId,
      )) as Shape;
      return answerOf(operation, output, headers);
    } catch (error) {
      return errorOf(service, error, headers);
    }
  };
}

interface Route {
  operation: Operation;
  pattern: RegExp;
}

function routeOf(operation: Operation): Route[] {
  if (!operation.http) return [];
  const [path = ""] = operation.http.uri.split("?");
  const pattern = path.replaceAll(/[.+*]/g, "\\$&").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return [{ operation, pattern: new RegExp(`^${pattern}/?$`) }];
}

function find(routes: readonly Route[], { method, path }: Request) {
  for (const { operation, pattern } of routes) {
    const match = operation.http?.method === method ? pattern.exec(path) : null;
    if (match) return { operation, labels: match.groups ?? {} };
  }
  throw new ServiceError("UnknownOperationException", `No operation answers to ${method} ${path}.`, {
    status: 404,
  });
}

async function readInput(
  operation: Operation,
  labels: Record<string, string>,
  request: Request,
): Promise<Shape> {
  const bytes = await readBody(request, MAX_BODY_BYTES);
  const isPayload = operation.input.some(({ traits }) => traits.httpPayload);
  const body = isPayload ? bytes : parseJson(bytes.toString());
  const entries = operation.input.map((member) => [member.name, read(member, { labels, body, request })]);
  const input = Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
  checkRequired(operation, input);
  return input;
}

function checkRequired({ input }: Operation, given: Shape): void {
  const missing = input.filter(({ name, required }) => required && given[name] === undefined);
  checkConstraints(
    missing.map(({ name }) => ({ name, value: null, constraint: "Member must not be null", holds: false })),
  );
}

function read(
  { name, schema, traits }: Member,
  { labels, body, request }: { labels: Record<string, string>; body: Shape | Buffer; request: Request },
): unknown {
  const label = labels[name];
  if (label !== undefined) return decodeLabel(label);
  if (traits.httpQuery) {
    const text = request.query.get(String(traits.httpQuery));
    return text !== null && schema.isNumericSchema() ? Number(text) : text;
  }
  if (traits.httpHeader) return request.headers[String(traits.httpHeader).toLowerCase()];
  if (Buffer.isBuffer(body)) return traits.httpPayload ? body : undefined;
  const value = body[String(traits.jsonName ?? name)];
  checkType(schema, value, name);
  return withBytes(schema, value);
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw new ServiceError("InvalidParameterValueException", `Expected percent-encoded text for ${label}.`, {
      status: 400,
    });
  }
}

function parseJson(text: string): Shape {
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Shape;
  } catch {
    // Said below.
  }
  const message = "Could not parse request body into json.";
  throw new ServiceError("InvalidRequestContentException", message, { status: 400 });
}

function answerOf({ http, output }: Operation, value: Shape, always: Record<string, string>): Response {
  const headers = { ...always };
  const body: Shape = {};
  let status = http?.status ?? 200;
  let payload: string | undefined;
  for (const { name, traits } of output.filter((member) => value[member.name] !== undefined)) {
    if (traits.httpResponseCode) status = Number(value[name]);
    else if (traits.httpHeader) headers[String(traits.httpHeader).toLowerCase()] = String(value[name]);
    else if (traits.httpPayload) payload = String(value[name]);
    else body[String(traits.jsonName ?? name)] = toJson(value[name]);
  }
  const isPayload = output.some(({ traits }) => traits.httpPayload);
  const hasBody = output.length > 0 && status !== 204;
  return { status, headers, body: isPayload ? payload : hasBody ? JSON.stringify(body) : undefined };
}

/** Times are seconds since 1970. */
function toJson(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

function errorOf(service: RestJsonService, thrown: unknown, headers: Record<string, string>): Response {
  const known = thrown instanceof ServiceError ? renamed(thrown) : undefined;
  if (!known) service.reportBug(thrown);
  const { name, message, detail } = known ?? {
    name: "ServiceException",
    message: "An internal error occurred.",
    detail: {},
  };
  const status = known?.status ?? service.model.errors.get(name)?.status ?? (known ? 400 : 500);
  const type = status < 500 ? "User" : "Service";
  return {
    status,
    headers: { ...headers, "x-amzn-errortype": name },
    body: JSON.stringify({ Type: type, message, Message: message, ...detail }),
  };
}

/** What is too large for one service is so for all, but each has its own name for it. */
function renamed(error: ServiceError): ServiceError {
  if (error.name !== "EntityTooLarge") return error;
  const message = `Request must be smaller than ${MAX_BODY_BYTES} bytes`;
  return new ServiceError("RequestEntityTooLargeException", message, { status: 413 });
}
