// The function in fixtures/, bundled into one zipped file so that it runs at any endpoint, and the queue that it tells what it
// was invoked with. One for each `describe`: to make a function takes AWS some seconds.
import { fileURLToPath } from "node:url";
import type { CreateFunctionCommandInput, CreateFunctionCommandOutput } from "@aws-sdk/client-lambda";
import type { SQSRecord } from "aws-lambda";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { until } from "../../support/until.ts";
import { useQueue } from "../sqs/a-queue.ts";
import { newName, type Target } from "../target.ts";
import type { FunctionTarget } from "./a-function-role.ts";

export type Order =
  | { do: "succeed" | "fail" | "hang" | "describe"; n?: number }
  | { do: "answer"; answer?: unknown }
  | { do: "throw"; message: string }
  | { do: "exit"; code: number }
  | { do: "wait"; gateUrl: string }
  | { do: "print"; text: string }
  | { do: "tell"; text: string };

/** Without a queue. */
export interface Told {
  text: string;
  requestId: string;
}

export interface Observation {
  kind: "begun" | "ended";
  /** Of the execution environment. */
  instance: string;
  records: SQSRecord[];
  atMs: number;
}

export type Settings = Partial<Omit<CreateFunctionCommandInput, "FunctionName">>;

export interface TestFunction {
  name: string;
  arn: string;
  /** Of messages that came from one queue, as far as they were looked at. */
  observed(queue: { arn: string }): Observation[];
  /** By events, as far as they were looked at. */
  told(): Told[];
  /** Looks until it holds. */
  sees(what: string, holds: () => boolean): Promise<void>;
}

/** AWS takes its time, for a role, a function and a mapping to be known everywhere. */
export const LIMIT_MS = process.env.ENDPOINT ? 240_000 : 30_000;

let bundled: Promise<Uint8Array> | undefined;

/** The code as a zip; its handler is `index.handler`. */
export function obedientCode(): Promise<Uint8Array> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./fixtures/obedient.ts", import.meta.url))],
    ...{ bundle: true, minify: true, platform: "node", target: "node22", format: "cjs", write: false },
  });
  return zipSync({ "index.js": outputFiles[0]?.contents ?? Buffer.of() });
}

/** A role and an earlier change take effect a little later: until then, Lambda refuses. */
export async function whenReady<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const done: Result[] = [];
  await until(
    "Lambda is ready",
    async () => {
      try {
        return done.push(await attempt()) > 0;
      } catch (error) {
        const { name, message } = error as Error;
        const isEarly = /cannot be assumed|does not have permissions|is in progress/.test(message);
        if (isEarly || name === "ResourceInUseException") return false;
        throw error;
      }
    },
    LIMIT_MS,
  );
  return done[0] as Result;
}

/** What CreateFunction takes, with the code in fixtures/. */
export async function aFunction(target: FunctionTarget, settings: Settings = {}) {
  return {
    FunctionName: newName(),
    Role: target.functionRole,
    Runtime: "nodejs24.x" as const,
    Handler: "index.handler",
    Code: { ZipFile: await obedientCode() },
    MemorySize: 1024,
    Timeout: 20,
    ...settings,
  };
}

export async function createFunction(
  { lambda }: Target,
  input: CreateFunctionCommandInput,
): Promise<CreateFunctionCommandOutput> {
  const created = await whenReady(() => lambda.createFunction(input));
  const { FunctionName } = input;
  const isActive = async () => (await lambda.getFunctionConfiguration({ FunctionName })).State === "Active";
  await until("the function is active", isActive, LIMIT_MS);
  return created;
}

/** A change is under way until Lambda says that it was successful: before, it would refuse the next. */
export async function updated({ lambda }: Target, FunctionName: string): Promise<void> {
  const isSo = async () =>
    (await lambda.getFunctionConfiguration({ FunctionName })).LastUpdateStatus === "Successful";
  await until("the update is over", isSo, LIMIT_MS);
}

/** Filled by `before`, deleted by `after`. The settings may name what an earlier `before` has filled. */
export function useFunction(target: FunctionTarget, settings: () => Settings = () => ({})): TestFunction {
  const observations = useQueue(target);
  const found: (Observation | Told)[] = [];
  const look = async () => {
    const messages = await observations.receive({ WaitTimeSeconds: 1 });
    found.push(...messages.map(({ Body = "" }) => JSON.parse(Body)));
  };
  const observing: TestFunction = {
    ...{ name: "", arn: "" },
    observed: ({ arn }) =>
      found.filter((each) => "records" in each).filter(({ records }) => records[0]?.eventSourceARN === arn),
    told: () => found.filter((each) => "text" in each),
    async sees(what, holds) {
      const isSo = async () => {
        if (!holds()) await look();
        return holds();
      };
      await until(what, isSo, LIMIT_MS);
    },
  };
  before(async function () {
    this.timeout(2 * LIMIT_MS);
    const Environment = { Variables: { OBSERVATIONS_URL: observations.url } };
    const { FunctionName = "", FunctionArn = "" } = await createFunction(
      target,
      await aFunction(target, { Environment, ...settings() }),
    );
    Object.assign(observing, { name: FunctionName, arn: FunctionArn });
  });
  after(() => target.lambda.deleteFunction({ FunctionName: observing.name }));
  return observing;
}
