// Functions and event source mappings that requests make, change and delete. Only one client touches a name, so what may be
// there is known. Nothing is invoked: the mappings are disabled.
import { createHash } from "node:crypto";
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import type { Random } from "../../simulation/random.ts";
import { FUNCTION_ROLE } from "./fixtures/function-role.ts";
import type { Clients } from "./killable-cloud.ts";
import { createLedger } from "./ledger.ts";
import { type Load, someContent } from "./load.ts";
import { toStep } from "./object-load.ts";
import { createOpenQueue } from "./queues.ts";
import { type Sent, sent } from "./request.ts";

const NAMES = 6;
/** Is never deleted: what the mappings feed. */
const FED = "fed";

export function functionLoad(name: string, random: Random): Load {
  /** Of each function, the hash of its code. */
  const functions = createLedger<string | undefined>(undefined);
  /** Of each queue, the batch size of its mapping. */
  const mappings = createLedger<number | undefined>(undefined);
  const counts = { functions: 0, mappings: 0 };
  const queueOf = (n: number) => `mapped-${name}-${n}`;

  return {
    counts,
    async prepare(clients) {
      const numbers = Array.from({ length: NAMES }, (_, n) => n + 1);
      await Promise.all(numbers.map((n) => createOpenQueue(clients.sqs, queueOf(n))));
      await clients.lambda.send(creation(FED, someZip(random)));
    },
    step: (clients) => (random.chance(0.6) ? changeFunction(clients) : changeMapping(clients)),
    async check(clients, last) {
      const [changed, mapped] = last
        ? [functions.names(), mappings.names()]
        : [functions.touched(), mappings.touched()];
      const problems = [
        ...changed.map((each) => functionProblem(clients, each)),
        ...mapped.map((each) => mappingProblem(clients, each)),
      ];
      return (await Promise.all(problems)).flat();
    },
  };

  async function changeFunction({ lambda }: Clients) {
    const FunctionName = `function-${name}-${random.between(1, NAMES)}`;
    const zip = someZip(random);
    const [next, request] = random.pick([
      [zip.sha256, () => lambda.send(creation(FunctionName, zip))],
      [zip.sha256, () => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip.bytes }))],
      [undefined, () => lambda.send(new DeleteFunctionCommand({ FunctionName }))],
    ] as const);
    const entry = functions.begin(FunctionName, next);
    return settle(entry, "functions", await sent<unknown>(request()));
  }

  async function changeMapping(clients: Clients) {
    const queue = queueOf(random.between(1, NAMES));
    const found = await sent(mappingOf(clients, queue));
    if (found.state !== "done") return toStep(found);
    const [UUID, BatchSize] = [found.answer?.UUID, random.between(1, 10)];
    const deletes = UUID !== undefined && random.chance(0.4);
    const command = deletes
      ? new DeleteEventSourceMappingCommand({ UUID })
      : UUID === undefined
        ? new CreateEventSourceMappingCommand({
            ...{ EventSourceArn: arnOf(queue), FunctionName: FED, Enabled: false, BatchSize },
          })
        : new UpdateEventSourceMappingCommand({ UUID, BatchSize });
    const entry = mappings.begin(queue, deletes ? undefined : BatchSize);
    const request = clients.lambda.send(command as CreateEventSourceMappingCommand);
    return settle(entry, "mappings", await sent<unknown>(request));
  }

  /** Refused is what is not there, or there already, or changing still. */
  function settle(
    entry: ReturnType<typeof functions.begin>,
    what: keyof typeof counts,
    result: Sent<unknown>,
  ) {
    if (result.state === "refused") entry.refused();
    if (result.state !== "done") return toStep(result);
    entry.acknowledged();
    counts[what] += 1;
    return toStep(result);
  }

  async function functionProblem({ lambda }: Clients, FunctionName: string): Promise<string[]> {
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName })).then(
      ({ CodeSha256 }) => CodeSha256,
      (error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      },
    );
    const possible = functions.possible(FunctionName);
    functions.narrow(FunctionName, found);
    if (possible.includes(found)) return [];
    return [`${FunctionName} is ${found}, but was acknowledged as ${possible.join(" or ")}`];
  }

  async function mappingProblem(clients: Clients, queue: string): Promise<string[]> {
    const found = (await mappingOf(clients, queue))?.BatchSize;
    const possible = mappings.possible(queue);
    mappings.narrow(queue, found);
    if (possible.includes(found)) return [];
    return [`The mapping of ${queue} has ${found}, but was acknowledged with ${possible.join(" or ")}`];
  }
}

function arnOf(queue: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${queue}`;
}

async function mappingOf({ lambda }: Clients, queue: string) {
  const command = new ListEventSourceMappingsCommand({ EventSourceArn: arnOf(queue) });
  return (await lambda.send(command)).EventSourceMappings?.[0];
}

interface Zip {
  bytes: Uint8Array;
  sha256: string;
}

function someZip(random: Random): Zip {
  const bytes = zipSync({ "index.js": someContent(random).body }, { mtime: "2026-01-01" });
  return { bytes, sha256: createHash("sha256").update(bytes).digest("base64") };
}

function creation(FunctionName: string, { bytes }: Zip): CreateFunctionCommand {
  const runs = { Runtime: "nodejs24.x", Handler: "index.handler" } as const;
  return new CreateFunctionCommand({ FunctionName, Role: FUNCTION_ROLE, ...runs, Code: { ZipFile: bytes } });
}
