// A server for the restJson1 protocol (Lambda), driven by the service's published model: it finds the operation by method
// and path, reads its input from path, query and body, and writes its output as JSON.
import { randomUUID } from "node:crypto";
import type { Authenticate } from "./authentication.ts";
import { type Handle, type Request, type Response, readBody } from "./http.ts";
import { checkType } from "./json-types.ts";
import { type Member, type Operation, ServiceError, type ServiceModel } from "./model.ts";

type Shape = Record<string, unknown>;

export type RestJsonHandler = (input: never, request: Request) => Promise<object>;

export interface RestJsonService {
  model: ServiceModel;
  handlers: Readonly<Record<string, RestJsonHandler>>;
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

export function createRestJsonServer(service: RestJsonService): Handle {
  const routes = [...service.model.operations.values()].flatMap(routeOf);
  return async (sent) => {
    const headers = { "content-type": "application/json", "x-amzn-requestid": randomUUID() };
    try {
      const request = await service.authenticate(sent);
      const { operation, labels } = find(routes, request);
      const handler = service.handlers[operation.name];
      if (!handler)
        throw new ServiceError("NotImplemented", `${operation.name} is not served here.`, { status: 501 });
      const output = (await handler(
        (await readInput(operation, labels, request)) as never,
        request,
      )) as Shape;
      return {
        status: operation.http?.status ?? 200,
        headers,
        body: JSON.stringify(bodyOf(operation, output)),
      };
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
  const body = parseJson((await readBody(request)).toString());
  const entries = operation.input.map((member) => [member.name, read(member, { labels, body, request })]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

function read(
  { name, schema, traits }: Member,
  { labels, body, request }: { labels: Record<string, string>; body: Shape; request: Request },
): unknown {
  const label = labels[name];
  if (label !== undefined) return decodeLabel(label);
  if (traits.httpQuery) {
    const text = request.query.get(String(traits.httpQuery));
    return text !== null && schema.isNumericSchema() ? Number(text) : text;
  }
  const value = body[String(traits.jsonName ?? name)];
  checkType(schema, value, name);
  return value;
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

/** Times are seconds since 1970. */
function bodyOf({ output }: Operation, value: Shape): Shape {
  const members = output.filter(({ name }) => value[name] !== undefined);
  return Object.fromEntries(
    members.map(({ name, traits }) => [traits.jsonName ?? name, toJson(value[name])]),
  );
}

function toJson(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toJson(field)]));
}

function errorOf(service: RestJsonService, thrown: unknown, headers: Record<string, string>): Response {
  const known = thrown instanceof ServiceError ? thrown : undefined;
  if (!known) service.reportBug(thrown);
  const { name, message } = known ?? { name: "ServiceException", message: "An internal error occurred." };
  const status = known?.status ?? service.model.errors.get(name)?.status ?? (known ? 400 : 500);
  const type = status < 500 ? "User" : "Service";
  return {
    status,
    headers: { ...headers, "x-amzn-errortype": name },
    body: JSON.stringify({ Type: type, message, Message: message }),
  };
}
