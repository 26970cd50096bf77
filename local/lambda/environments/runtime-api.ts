// The Lambda Runtime API of one execution environment: the runtime in it asks for its next invocation and posts the answer.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FunctionError } from "../function.ts";

export const RESPONSE_TOO_LARGE = "Function.ResponseSizeTooLarge";
/** Of an answer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_RESPONSE_BYTES = 6_291_556;

interface Delivery {
  requestId: string;
  functionArn: string;
  event: string;
  deadlineMs: number;
  clientContext?: string;
  trace?: string;
}

export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  address: string;
  /** Resolves when the runtime has loaded the handler and first asks for an invocation. */
  initialised: Promise<void>;
  /** Resolves to the answer. One at a time. */
  invoke(invocation: Delivery): Promise<string>;
  /** Nobody will answer any more: whatever is awaited, and all that comes after, fails with this. */
  abandon(error: FunctionError): void;
  close(): void;
}

interface Current {
  invocation: Delivery;
  resolve(answer: string): void;
  reject(error: Error): void;
}

export async function serveRuntimeApi(): Promise<RuntimeApi> {
  const initialised = Promise.withResolvers<void>();
  initialised.promise.catch(() => {}); // It may fail before anybody waits for it.
  let asking: ServerResponse | undefined;
  let current: Current | undefined;
  let abandoned: FunctionError | undefined;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 0; // The runtime waits for its next invocation as long as it takes.

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.replace("/2018-06-01/runtime/", "");
    if (path === "invocation/next") {
      initialised.resolve();
      asking = response;
      return deliver();
    }
    const { text, tooLarge } = await readText(request);
    response.writeHead(tooLarge ? 413 : 202).end();
    if (path === "init/error") return abandon(new FunctionError(text));
    settle(path, text, tooLarge);
  }

  function settle(path: string | undefined, text: string, tooLarge: boolean): void {
    const { invocation, resolve, reject } = current ?? {};
    if (path === `invocation/${invocation?.requestId}/response`) {
      current = undefined;
      if (tooLarge)
        reject?.(
          new FunctionError(
            `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
            RESPONSE_TOO_LARGE,
          ),
        );
      else resolve?.(text);
    } else if (path === `invocation/${invocation?.requestId}/error`) {
      current = undefined;
      reject?.(new FunctionError(text));
    } // Anything else is late: the answer to an invocation that is over.
  }

  function deliver(): void {
    if (!asking || !current) return;
    asking.writeHead(200, headersOf(current.invocation));
    asking.end(current.invocation.event);
    asking = undefined;
  }

  function abandon(error: FunctionError): void {
    abandoned ??= error;
    initialised.reject(abandoned);
    current?.reject(abandoned);
    current = undefined;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    initialised: initialised.promise,
    abandon,
    invoke: (invocation) =>
      new Promise((resolve, reject) => {
        if (abandoned) return reject(abandoned);
        current = { invocation, resolve, reject };
        deliver();
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function headersOf({
  requestId,
  deadlineMs,
  functionArn,
  clientContext,
  trace,
}: Delivery): Record<string, string> {
  return {
    "content-type": "application/json",
    "lambda-runtime-aws-request-id": requestId,
    "lambda-runtime-deadline-ms": String(deadlineMs),
    "lambda-runtime-invoked-function-arn": functionArn,
    ...(trace !== undefined && { "lambda-runtime-trace-id": trace }),
    ...(clientContext !== undefined && { "lambda-runtime-client-context": clientContext }),
  };
}

async function readText(request: IncomingMessage): Promise<{ text: string; tooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString(), tooLarge: bytes > MAX_RESPONSE_BYTES };
}
