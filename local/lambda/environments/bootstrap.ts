// The Node.js runtime inside an execution environment: loads the handler, then asks the Runtime API for one invocation
// after the other. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
import { existsSync } from "node:fs";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

type Handler = (event: unknown, context: object) => unknown;

const { AWS_LAMBDA_RUNTIME_API = "", LAMBDA_TASK_ROOT = "", _HANDLER = "" } = process.env;
const [hostname, port] = AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The descriptor of the pipe that our starter holds open as long as it lives. */
const LIFELINE = 3;
new Worker(new URL("./die-with-parent.ts", import.meta.url), {
  workerData: { pipe: LIFELINE, group: process.pid },
}).unref();

function call(
  method: string,
  path: string,
  body?: string,
): Promise<{ headers: IncomingHttpHeaders; text: string }> {
  return new Promise((settle, reject) => {
    const asked = request(
      { agent, hostname, port, method, path: `/2018-06-01/runtime/${path}` },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => settle({ headers: response.headers, text })).on("error", reject);
      },
    );
    asked.on("error", reject).end(body);
  });
}

async function loadHandler(): Promise<Handler> {
  const [, module = "", name = ""] = /^((?:.*\/)?[^.]+)\.(.+)$/.exec(_HANDLER) ?? [];
  const file = [".js", ".mjs", ".cjs"]
    .map((extension) => resolve(LAMBDA_TASK_ROOT, module + extension))
    .find(existsSync);
  if (file === undefined)
    throw namedError("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  const exported = (await import(pathToFileURL(file).href))[name];
  if (exported === undefined)
    throw namedError("Runtime.HandlerNotFound", `${_HANDLER} is undefined or not exported`);
  if (typeof exported !== "function")
    throw namedError("Runtime.HandlerNotFound", `${_HANDLER} is not a function`);
  return exported;
}

function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function describe(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return JSON.stringify({
    errorType: error.name,
    errorMessage: error.message,
    trace: error.stack?.split("\n") ?? [],
  });
}

function contextOf(headers: IncomingHttpHeaders): object {
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  const clientContext = headers["lambda-runtime-client-context"];
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    ...(clientContext && { clientContext: JSON.parse(String(clientContext)) }),
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function runOnce(handler: Handler): Promise<void> {
  const { headers, text } = await call("GET", "invocation/next");
  process.env._X_AMZN_TRACE_ID = String(headers["lambda-runtime-trace-id"] ?? "");
  const invocation = `invocation/${headers["lambda-runtime-aws-request-id"]}`;
  try {
    const answer = await handler(JSON.parse(text), contextOf(headers));
    await call("POST", `${invocation}/response`, JSON.stringify(answer ?? null));
  } catch (error) {
    process.stderr.write(`Invoke Error\t${describe(error)}\n`);
    await call("POST", `${invocation}/error`, describe(error));
  }
}

async function run(): Promise<never> {
  const handler = await loadHandler().catch(async (error) => {
    process.stderr.write(`Init Error\t${describe(error)}\n`);
    await call("POST", "init/error", describe(error));
    process.exit(1);
  });
  for (;;) await runOnce(handler);
}

/** Without the Runtime API or anybody who reads the logs there is no starter either: this may be seen before the lifeline. */
function dieTogether(): never {
  process.kill(-process.pid, "SIGKILL");
  process.exit(1);
}

process.stdout.on("error", dieTogether);
process.stderr.on("error", dieTogether);
await run().catch(dieTogether);
