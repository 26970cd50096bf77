// A server for the restXml protocol (S3), driven by the service's published model: it finds the operation, reads its
// input from path, query, headers and body, and writes its output the same way.
import { randomBytes, randomUUID } from "node:crypto";
import type { Authenticate } from "./authentication.ts";
import { createDigests } from "./digests.ts";
import { asciiText, headerText } from "./header-text.ts";
import { type Handle, type Request, type Response, readBody } from "./http.ts";
import { type Member, type Operation, ServiceError, type ServiceModel } from "./model.ts";
import { createRouter, type Target } from "./rest-router.ts";
import { escapeXml, NAMESPACE, readXml, writeXml, XML_TYPE, xmlDocument } from "./xml.ts";

type Shape = Record<string, unknown>;

/** An operation: its input and, where the HTTP details matter, the request. `$status` in the output overrides the status. */
export type RestHandler = (input: never, request: Request) => Promise<object | undefined>;

export interface RestXmlService {
  model: ServiceModel;
  handlers: Readonly<Record<string, RestHandler>>;
  /** Which bucket and key a request is about. */
  target(request: Request): Target;
  /** Statuses of the errors that the model does not list. */
  statuses: Readonly<Record<string, number>>;
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

/** Every answer names the host it comes from, next to the request. */
const HOST_ID = randomBytes(48).toString("base64");

export function createRestXmlServer(service: RestXmlService): Handle {
  const route = createRouter(service.model);
  return async (sent) => {
    const requestId = randomUUID();
    try {
      const request = hoistQueryHeaders(await service.authenticate(sent));
      const target = service.target(request);
      const operation = route(request, target);
      const handler = operation && service.handlers[operation.name];
      if (!operation)
        throw new ServiceError(
          "MethodNotAllowed",
          "The specified method is not allowed against this resource.",
        );
      if (!handler) throw new ServiceError("NotImplemented", `${operation.name} is not served here.`);
      const input = await readInput(operation, request, target);
      const output = ((await handler(input as never, request)) ?? {}) as Shape;
      const response = writeOutput(operation, output);
      Object.assign(response.headers, { "x-amz-request-id": requestId, "x-amz-id-2": HOST_ID });
      return response;
    } catch (error) {
      return writeError(service, sent, requestId, error);
    }
  };
}

/** S3 reads `x-amz-*` parameters of a presigned URL as if they were headers, and those that are conditions on an etag. */
function hoistQueryHeaders(request: Request): Request {
  const hoisted = [...request.query].filter(([name]) =>
    /^x-amz-(?!(algorithm|credential|date|expires|signature|signedheaders|security-token)$)|^if-(none-)?match$/i.test(
      name,
    ),
  );
  if (hoisted.length === 0) return request;
  const headers = Object.fromEntries(hoisted.map(([name, value]) => [name.toLowerCase(), value]));
  return { ...request, headers: { ...headers, ...request.headers } };
}

async function readInput(operation: Operation, request: Request, { bucket, key }: Target): Promise<Shape> {
  const input: Shape = { Bucket: bucket, Key: key };
  for (const member of operation.input) {
    const { name, schema, traits } = member;
    if (traits.httpHeader) {
      const raw = request.headers[String(traits.httpHeader).toLowerCase()];
      if (raw !== undefined) input[name] = parse(schema, raw);
    } else if (traits.httpQuery) {
      const raw = request.query.get(String(traits.httpQuery));
      if (raw !== null) input[name] = parse(schema, raw);
    } else if (traits.httpPrefixHeaders) {
      const prefix = String(traits.httpPrefixHeaders).toLowerCase();
      const found = Object.entries(request.headers).filter(([header]) => header.startsWith(prefix));
      input[name] = Object.fromEntries(found.map(([header, value]) => [header.slice(prefix.length), value]));
    } else if (traits.httpPayload) {
      input[name] = await readPayload(operation, member, request);
    }
  }
  return input;
}

async function readPayload(
  operation: Operation,
  { schema, required }: Member,
  request: Request,
): Promise<unknown> {
  if (schema.isStreaming()) return request.body;
  const body = await readBody(request);
  const digests = createDigests(digestsOfBody(operation, request.headers));
  digests.update(body);
  await digests.check();
  if (body.length === 0 && required)
    throw new ServiceError("MissingRequestBodyError", "Request Body is empty");
  if (body.length === 0) return undefined;
  if (schema.isStringSchema()) return body.toString();
  return readXml(schema, body);
}

/** Of CompleteMultipartUpload, a checksum is the object's, not that of the document that comes with it. */
function digestsOfBody({ input }: Operation, headers: Request["headers"]): Request["headers"] {
  const inputs = new Set(input.map(({ traits }) => String(traits.httpHeader ?? "").toLowerCase()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^x-amz-checksum-/.test(name) || !inputs.has(name)),
  );
}

function writeOutput(operation: Operation, output: Shape): Response {
  const status = (output.$status as number | undefined) ?? operation.http?.status ?? 200;
  const headers = headersOf(operation, output);
  const payload = operation.output.find(({ traits }) => traits.httpPayload);
  if (payload?.schema.isStreaming())
    return { status, headers, body: output[payload.name] as Response["body"] };
  const body = payload ? payloadOf(payload, output[payload.name]) : bodyOf(operation, output);
  if (body === undefined) return { status, headers };
  return {
    status,
    headers: {
      ...headers,
      "content-type": body.type,
      "content-length": String(Buffer.byteLength(body.text)),
    },
    body: body.text,
  };
}

function headersOf(operation: Operation, output: Shape): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, traits } of operation.output) {
    const value = output[name];
    if (value === undefined) continue;
    if (traits.httpHeader) headers[String(traits.httpHeader).toLowerCase()] = headerText(format(value));
    if (!traits.httpPrefixHeaders) continue;
    for (const [key, text] of Object.entries(value as Shape))
      headers[`${traits.httpPrefixHeaders}${key}`] = asciiText(String(text));
  }
  return headers;
}

interface Body {
  type: string;
  text: string;
}

function payloadOf({ schema }: Member, value: unknown): Body | undefined {
  if (value === undefined) return undefined;
  // The one text that S3 answers with is a bucket's policy.
  if (schema.isStringSchema()) return { type: "application/json", text: String(value) };
  return { type: XML_TYPE, text: xmlDocument(writeXml(schema, value)) };
}

function bodyOf(operation: Operation, output: Shape): Body | undefined {
  const members = operation.output.filter(({ traits }) => !traits.httpHeader && !traits.httpPrefixHeaders);
  if (members.length === 0) return undefined;
  const root = isLocation(operation)
    ? `<LocationConstraint xmlns="${NAMESPACE}">${output.LocationConstraint ?? ""}</LocationConstraint>`
    : writeXml(operation.outputSchema, Object.fromEntries(members.map(({ name }) => [name, output[name]])));
  return { type: XML_TYPE, text: xmlDocument(root) };
}

/** The one S3 output whose root element is its only member. */
function isLocation({ name }: Operation): boolean {
  return name === "GetBucketLocation";
}

function parse(schema: Member["schema"], raw: string): unknown {
  // As recorded of S3: an empty number counts as none.
  if (schema.isNumericSchema()) return raw === "" ? undefined : Number(raw);
  if (schema.isBooleanSchema()) return raw === "true";
  if (schema.isTimestampSchema()) return new Date(raw);
  if (schema.isListSchema()) return raw.split(",").map((item) => item.trim());
  return raw;
}

function format(value: unknown): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

function writeError(service: RestXmlService, request: Request, requestId: string, thrown: unknown): Response {
  const known = thrown instanceof ServiceError ? thrown : undefined;
  // What fails because the client has gone is not a bug.
  if (!known && !request.signal.aborted) service.reportBug(thrown);
  const error =
    known ??
    new ServiceError("InternalError", "We encountered an internal error. Please try again.", { status: 500 });
  const status =
    error.status ?? service.model.errors.get(error.name)?.status ?? service.statuses[error.name] ?? 500;
  const ids = { "x-amz-request-id": requestId, "x-amz-id-2": HOST_ID };
  const headers = { ...error.headers, ...ids, "content-type": XML_TYPE };
  if (request.method === "HEAD" || status === 304) return { status, headers };
  const fields = Object.entries({
    Code: error.name,
    Message: error.message,
    ...error.detail,
    RequestId: requestId,
    HostId: HOST_ID,
  });
  const elements = fields.map(([name, text]) => `<${name}>${escapeXml(text)}</${name}>`);
  return { status, headers, body: xmlDocument(`<Error>${elements.join("")}</Error>`) };
}
