// Amazon DynamoDB: our signatures and permissions in front, dynalite's tables behind, in this process.
import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Iam } from "../iam/iam.ts";
import type { Authenticate } from "../protocol/authentication.ts";
import { type Handle, type Request, type Response, readBody } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import { resourcesOf } from "./access.ts";
import { createEngine, ENGINE_OPERATIONS, type Engine, EngineError } from "./engine.ts";
import { tableHandlers } from "./table-operations.ts";
import { openTableSettings, settingsHandlers } from "./table-settings.ts";

export interface DynamodbOptions {
  database: Database;
  iam: Iam;
  region: string;
  accountId: string;
  /** Of the data directory. */
  path: string;
}

interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

export interface Dynamodb {
  handle: Handle;
  close(): Promise<void>;
}

export type DynamodbHandler = (input: never) => Promise<object>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html: all of them are 400. */
const CODES: Readonly<Record<string, string>> = {
  AccessDenied: "AccessDeniedException",
  ExpiredToken: "ExpiredTokenException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  InvalidToken: "UnrecognizedClientException",
  RequestTimeTooSkewed: "InvalidSignatureException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  SlowDown: "ThrottlingException",
};
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Every operation served, by its name in the model. */
export function dynamodbHandlers(engine: Engine, database: Database): Record<string, DynamodbHandler> {
  const asTheyAre = ENGINE_OPERATIONS.map((name): [string, DynamodbHandler] => [
    name,
    (input: object) => engine.run(name, input),
  ]);
  return {
    ...Object.fromEntries(asTheyAre),
    ...tableHandlers(engine, database),
    ...settingsHandlers(engine, database),
  };
}

export function createDynamodb(options: DynamodbOptions, { authenticate, reportBug }: Front): Dynamodb {
  const { database, iam, region, accountId } = options;
  openTableSettings(database);
  const engine = createEngine(options);
  const handlers = dynamodbHandlers(engine, database);
  const tableArn = (name: string) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;

  async function answer(sent: Request): Promise<object> {
    const request = await authenticate(sent);
    const [version, operation = ""] = (request.headers["x-amz-target"] ?? "").split(".");
    const input = parse((await readBody(request, MAX_REQUEST_BYTES)).toString());
    const handler = version === "DynamoDB_20120810" ? handlers[operation] : undefined;
    if (!handler)
      throw new ServiceError("UnknownOperationException", `${operation} is not served here.`, {
        status: 400,
      });
    for (const resource of resourcesOf(input, tableArn)) authorize(iam, request, operation, resource);
    return await handler(input as never);
  }

  return {
    close: engine.close,
    handle: (sent) =>
      answer(sent).then(
        (output) => respond(200, output),
        (error) => refuse(error, reportBug),
      ),
  };
}

function authorize(iam: Iam, { principal }: Request, operation: string, resource: string): void {
  if (!principal) throw new ServiceError("AccessDenied", "Access Denied");
  const context = { "aws:SecureTransport": "true" };
  iam.authorize({ principal, action: `dynamodb:${operation}`, resource, context });
}

function parse(text: string): object {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Said below.
  }
  throw new ServiceError("SerializationException", "Expected a JSON object for the request's body.", {
    status: 400,
  });
}

function refuse(thrown: unknown, reportBug: (error: unknown) => void): Response {
  if (!(thrown instanceof ServiceError)) {
    reportBug(thrown);
    return respond(500, {
      __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
      message: "Internal error",
    });
  }
  const { name, message } = thrown;
  const code = CODES[name] ?? name;
  const fields = thrown instanceof EngineError ? thrown.fields : {};
  const status = name === "ServiceUnavailable" ? 503 : 400;
  return respond(status, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, message, ...fields });
}

function respond(status: number, output: object): Response {
  const body = JSON.stringify(output);
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-requestid": randomUUID(),
    "x-amz-crc32": String(crc32(body)),
  };
  return { status, headers, body };
}
