// The one seam of the local cloud: an AWS service is a function from request to response. The same function is served
// over a socket, and given to an SDK client in this process.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import { buildQueryString } from "@smithy/core/protocols";
import { type HttpRequest, HttpResponse } from "@smithy/core/transport";
import type { Principal } from "../iam/principal.ts";
import { ServiceError } from "./model.ts";

export interface Request {
  method: string;
  host: string;
  /** As sent, still percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Body;
  signal: AbortSignal;
  /** Set by the front once the signature is verified. */
  principal?: Principal;
  /** Set where faults are asked for: what the service answers instead of doing anything. */
  refusal?: ServiceError;
}

export interface Body extends AsyncIterable<Uint8Array> {
  /** All of it, where that is cheaper than chunk by chunk. */
  gather?(limitBytes: number): Promise<Buffer[]>;
}

export interface Response {
  status: number;
  headers: Record<string, string>;
  body?: string | Uint8Array | Readable | undefined;
}

export type Handle = (request: Request) => Promise<Response>;

/** Reads a body that must fit in memory: XML, JSON and forms are at most a few megabytes. */
export async function readBody({ body }: Request, limitBytes = 16 * 1024 * 1024): Promise<Buffer> {
  if (body.gather) return joined(await body.gather(limitBytes));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

/** A body that was read already. */
export function bodyOf(bytes: Buffer): Body {
  return {
    gather: async () => [bytes],
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
  };
}

/** A stream's own iterator costs more than all else of a small request: it is made only for those who want chunks. */
function bodyFrom(stream: IncomingMessage): Body {
  return {
    // Else a handler that stops reading would cut the connection before it can say why.
    [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false }),
    gather: (limitBytes) => gather(stream, limitBytes),
  };
}

function gather(stream: IncomingMessage, limitBytes: number): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("The client closed the connection"));
    if (stream.closed) return gone(); // Nothing would be heard of it any more.
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    stream.once("end", () => {
      stream.off("close", gone); // It closes after every body, and an error costs as much as the rest of this.
      resolve(chunks);
    });
    stream.once("error", reject).once("close", gone);
  });
}

function tooLarge(): ServiceError {
  const message = "Your proposed upload exceeds the maximum allowed size";
  return new ServiceError("EntityTooLarge", message, { status: 400 });
}

/** Listens on the loopback interface only; port 0 takes any free one. */
export async function serve(handle: Handle, port: number): Promise<{ port: number; close(): Promise<void> }> {
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    handle(requestFrom(request, response))
      .then((answer) => {
        request.resume(); // A handler may answer without reading the body.
        write(answer, response);
      })
      .catch(() => response.destroy());
  };
  const server = createServer({ keepAliveTimeout: 65_000 }, listen);
  server.on("checkExpectation", listen); // Else whatever but 100-continue were refused: S3 does not mind it.
  server.requestTimeout = 0; // Long polls and slow uploads.
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

function requestFrom(request: IncomingMessage, response: ServerResponse): Request {
  const aborted = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) aborted.abort(new Error("The client closed the connection"));
  });
  const [path = "/", search = ""] = split(request.url ?? "/", "?");
  const { method = "GET", headers } = request;
  return {
    method,
    host: headers.host ?? "",
    path,
    query: new URLSearchParams(search),
    headers: headers as Request["headers"],
    body: bodyFrom(request),
    signal: aborted.signal,
  };
}

/** With its length said beforehand, a body leaves together with its headers, in one piece. */
function write({ status, headers, body }: Response, response: ServerResponse): void {
  if (body instanceof Readable) {
    pipeline(body, response.writeHead(status, headers), () => {});
    return;
  }
  const isSaid = body === undefined || headers["content-length"] !== undefined;
  response
    .writeHead(status, isSaid ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) })
    .end(body);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** For an SDK client in this process: `new S3Client({ requestHandler: inProcess(handle) })`. */
export function inProcess(handle: Handle) {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request: HttpRequest, { abortSignal }: { abortSignal?: AbortSignal } = {}) {
      const lowerCase = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
      const { status, headers, body } = await handle({
        method: request.method,
        host: request.headers.host ?? request.hostname,
        path: request.path,
        query: new URLSearchParams(buildQueryString(request.query ?? {})),
        headers: Object.fromEntries(lowerCase) as Request["headers"],
        body: streamOf(request.body),
        signal: abortSignal ?? new AbortController().signal,
      });
      return { response: new HttpResponse({ statusCode: status, headers, body: streamOf(body) }) };
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (typeof body === "string") return Readable.from(body === "" ? [] : [Buffer.from(body)]);
  if (body instanceof Uint8Array) {
    // Not Buffer.from(body): the SDK's JSON bodies are arrays that call themselves text, with a warning.
    return Readable.from(body.length === 0 ? [] : [Buffer.from(body.buffer, body.byteOffset, body.length)]);
  }
  if (body === undefined || body === null) return Readable.from([]);
  return Readable.from(body as AsyncIterable<Uint8Array>);
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
