// Makes things go wrong as they do in AWS, only more often. One seed decides, so the same plan draws the same faults in the
// same order; which request or invocation meets which of them depends on the timing of real processes.
//
// Only what functions ask over the network is disturbed. The deployer and the event source mappings, which live in this
// process, are AWS's own; and people who upload or look are not on trial.
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { Fate } from "../lambda/environments/fate.ts";
import type { Handle, Request, Response } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { FaultPlan } from "./plan.ts";

const KINDS = [
  "unavailable",
  "throttled",
  "lostAnswer",
  "cutDownload",
  "duplicate",
  "late",
  "killed",
  "frozen",
] as const;

type FaultCounts = Record<(typeof KINDS)[number], number>;

export interface Faults {
  /** The same service; to functions, over a bad network. */
  disturb(handle: Handle): Handle;
  /** The announcements of one event: usually one, not late. */
  announcements(): { delayMs?: number }[];
  /** Of the next invocation. */
  fate(): Fate | undefined;
  /** What has gone wrong so far. */
  counts: Readonly<FaultCounts>;
}

export function createFaults(plan: FaultPlan): Faults {
  const generator = xoroshiro128plus(plan.seed);
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as FaultCounts;
  const upTo = (limit: number) => uniformFloat64(generator) * limit;
  const happens = (fault: keyof FaultCounts) => {
    const isDrawn = uniformFloat64(generator) < plan[fault];
    if (isDrawn) counts[fault] += 1;
    return isDrawn;
  };

  function refusalOf({ headers }: Request): ServiceError | undefined {
    if (happens("unavailable"))
      return new ServiceError("ServiceUnavailable", "Service is unable to handle request.", { status: 503 });
    if (!happens("throttled")) return undefined;
    return headers["x-amz-target"]?.startsWith("AmazonSQS.")
      ? new ServiceError("RequestThrottled", "The request was denied due to request throttling.")
      : new ServiceError("SlowDown", "Please reduce your request rate.", { status: 503 });
  }

  function disturb(handle: Handle): Handle {
    return async (request) => {
      if (!isOfFunction(request)) return await handle(request);
      const refusal = refusalOf(request);
      const isLost = happens("lostAnswer");
      await sleep(upTo(plan.latencyMs));
      const response = await handle({ ...request, ...(refusal && { refusal }) });
      if (isLost) return breakOff(response);
      return isDownload(response) && happens("cutDownload") ? cut(response) : response;
    };
  }

  return {
    disturb,
    counts,
    announcements() {
      const copies = happens("duplicate") ? 2 : 1;
      return Array.from({ length: copies }, () =>
        happens("late") ? { delayMs: upTo(plan.lateSeconds * 1000) } : {},
      );
    },
    fate() {
      const afterMs = upTo(plan.withinMs);
      const forMs = upTo(plan.frozenMs);
      if (happens("killed")) return { kind: "killed", afterMs };
      return happens("frozen") ? { kind: "frozen", afterMs, forMs } : undefined;
    },
  };
}

/** Whoever has assumed a role signs with a session's token. */
function isOfFunction({ headers }: Request): boolean {
  return headers["x-amz-security-token"] !== undefined;
}

type Download = Response & { body: Readable | Uint8Array };

function isDownload(response: Response): response is Download {
  return response.status < 300 && (response.body instanceof Readable || response.body instanceof Uint8Array);
}

/** Whoever serves the socket breaks the connection then. */
function breakOff(response: Response): never {
  if (response.body instanceof Readable) response.body.destroy();
  throw new Error("The connection breaks before the answer.");
}

/** An error of the body breaks the connection. */
function cut(download: Download): Response {
  return { ...download, body: Readable.from(half(download)) };
}

async function* half({ headers, body }: Download): AsyncGenerator<Uint8Array> {
  let left = Math.floor(Number(headers["content-length"]) / 2);
  const chunks: AsyncIterable<Uint8Array> = body instanceof Uint8Array ? Readable.from([body]) : body;
  for await (const chunk of chunks) {
    if (chunk.length >= left) {
      yield chunk.subarray(0, left);
      throw new Error("The connection breaks half-way.");
    }
    left -= chunk.length;
    yield chunk;
  }
}
