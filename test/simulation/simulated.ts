// What everybody in one history shares.
import type { Bucket } from "./bucket.ts";
import type { ChangeCounter } from "./duplicates.ts";
import type { FaultCounts, Faults } from "./faults.ts";
import type { WorkerVersion, WorkerVersions } from "./images.ts";
import type { Ledger } from "./ledger.ts";
import type { Listeners } from "./listeners.ts";
import type { Mutation } from "./mutations.ts";
import type { Owner } from "./owner.ts";
import type { Process } from "./process.ts";
import type { Random } from "./random.ts";
import type { Readers } from "./readers.ts";
import type { Scheduler } from "./scheduler.ts";
import type { WorkQueue } from "./work-queue.ts";

/** What happened to the attempts: one receive of one message by one invocation each. */
export interface AttemptCounts {
  attempts: number;
  crashed: number;
  frozen: number;
  timedOut: number;
  retried: number;
}

export interface Simulated {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  counts: FaultCounts;
  attempts: AttemptCounts;
  queue: WorkQueue;
  ledger: Ledger;
  source: Bucket;
  destination: Bucket;
  readers: Readers;
  changes: ChangeCounter;
  /** Absent in histories where nobody wants to hear of outcomes. */
  listeners: Listeners | undefined;
  owner: Owner;
  mutation: Mutation;
  /** Those that are alive, frozen or not, or have requests under way. */
  processes: Set<Process>;
  versions: WorkerVersions;
  /** The one that an environment runs from its next invocation on. */
  versionOf(environment: number): WorkerVersion;
  findings: Findings;
  /** For the readable history of one key. */
  note(key: string, text: string): void;
}

/** What the judges found while it went on. */
export interface Findings {
  duplicateWrites: string[];
  wastedReceives: string[];
}
