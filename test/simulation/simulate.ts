// One history: owners upload, the queue delivers, workers come and go, a new worker version takes over, until the queue is
// empty. Then operators redrive what may now succeed, and the queue is drained again, in calm weather.
import { redriveReceiveCount } from "../../settings/derived.ts";
import { Bucket } from "./bucket.ts";
import { judgeLetters, judgeSets, type LetterVerdict, type SetVerdict } from "./checker.ts";
import { ChangeCounter } from "./duplicates.ts";
import { MAX_RECEIVE_COUNT, runEnvironment } from "./environment.ts";
import { CALM, type FaultCounts, type Faults, noFaults } from "./faults.ts";
import { type WorkerVersions, workerVersions } from "./images.ts";
import { Ledger } from "./ledger.ts";
import { judgeNews, Listeners, type NewsVerdict } from "./listeners.ts";
import { type Mutation, NONE } from "./mutations.ts";
import { backfill, redrive } from "./operators.ts";
import { type Owner, startOwner } from "./owner.ts";
import type { Process } from "./process.ts";
import { createRandom, type Random } from "./random.ts";
import { Readers, type Readings } from "./readers.ts";
import { Scheduler } from "./scheduler.ts";
import type { AttemptCounts, Findings, Simulated } from "./simulated.ts";
import { WorkQueue } from "./work-queue.ts";

export interface SimulationOptions {
  seed: number;
  uploads: number;
  faults: Faults;
  mutation?: Mutation;
  environments?: number;
  /** Whether a catalog and a topic hear of outcomes. */
  listened?: boolean;
  /** Keep the readable history of this key. */
  watchedKey?: string;
}

export interface History {
  seed: number;
  isImmutable: boolean;
  keys: number;
  owner: Owner["counts"];
  overwrittenKeys: number;
  removedKeys: number;
  /** Either. */
  changedKeys: number;
  faults: FaultCounts;
  attempts: AttemptCounts;
  sets: SetVerdict;
  afterRedrive: SetVerdict;
  letters: LetterVerdict;
  news: NewsVerdict;
  newsAfterRedrive: NewsVerdict;
  findings: Findings;
  readings: Readings;
  redriven: number;
  redriveKills: number;
  virtualHours: number;
  lines: string[];
}

/** Busy enough that workers meet, and not so busy that events wait until all is over. */
const PACE_MS = 60;
const ENVIRONMENTS = 24;
/** A new version reaches one environment after the other, from the first of these shares of the time to the last. */
const ROLL_OUT = [0.2, 0.8] as const;
/** An invocation of the old version is surely over by then. */
const BACKFILL_AFTER_MS = 120_000;

export async function simulate(options: SimulationOptions): Promise<History> {
  const { seed, uploads, environments = ENVIRONMENTS } = options;
  const lines: string[] = [];
  const simulated = create(options, lines);
  const { scheduler, owner, queue } = simulated;
  const rolledOutMs = uploads * PACE_MS * ROLL_OUT[1];
  let isBackfilled = false;
  scheduler.at(rolledOutMs + BACKFILL_AFTER_MS, () => {
    void backfill(simulated).then(() => {
      isBackfilled = true;
    });
  });
  for (let number = 1; number <= environments; number += 1) void runEnvironment(simulated, number);
  const isDrained = () => owner.isDone() && isBackfilled && queue.isEmpty && isQuiet(simulated);
  await scheduler.run(isDrained);
  const sets = judgeSets(simulated, false);
  const letters = judgeLetters(simulated, MAX_RECEIVE_COUNT);
  const news = judgeNews(simulated);

  Object.assign(simulated.faults, CALM);
  const { redriven, kills } = redrive(simulated);
  await scheduler.run(isDrained);
  return {
    seed,
    isImmutable: hasImmutable(seed),
    keys: owner.histories.size,
    owner: owner.counts,
    ...changedKeys(owner),
    faults: simulated.counts,
    attempts: simulated.attempts,
    sets,
    afterRedrive: judgeSets(simulated, true),
    letters,
    news,
    newsAfterRedrive: judgeNews(simulated),
    findings: simulated.findings,
    readings: simulated.readers.readings,
    redriven,
    redriveKills: kills,
    virtualHours: scheduler.nowMs() / 3_600_000,
    lines,
  };
}

function create(
  { seed, uploads, faults, mutation = NONE, listened = false, watchedKey }: SimulationOptions,
  lines: string[],
): Simulated {
  const random = createRandom(seed);
  const scheduler = new Scheduler();
  const ledger = new Ledger(scheduler.nowMs);
  const changes = new ChangeCounter();
  const maxReceiveCount = mutation.redriveReceiveCount(
    redriveReceiveCount({ maxReceiveCount: MAX_RECEIVE_COUNT }),
  );
  const isVersioned = seed % 4 < 2;
  const versions = workerVersions(hasImmutable(seed));
  const source = new Bucket(isVersioned, scheduler.nowMs);
  const readers = new Readers({
    nowMs: scheduler.nowMs,
    source: (key) => source.contents.get(key),
    history: (key) => simulated.owner.histories.get(key) ?? [],
  });
  const destination: Bucket = new Bucket(isVersioned, scheduler.nowMs, (change) => {
    changes.count(change);
    readers.watch(destination, change);
  });
  const parts = {
    scheduler,
    random,
    faults: { ...faults },
    counts: noFaults(),
    attempts: { attempts: 0, crashed: 0, frozen: 0, timedOut: 0, retried: 0 },
    queue: new WorkQueue({ scheduler, random, ledger, maxReceiveCount }),
    ledger,
    source,
    destination,
    readers,
    changes,
    listeners: listened ? new Listeners() : undefined,
    mutation,
    processes: new Set<Process>(),
    versions,
    versionOf: createRollOut(versions, random, scheduler, uploads * PACE_MS),
    findings: { duplicateWrites: [], wastedReceives: [] },
    note: (key: string, text: string) => {
      if (watchedKey === undefined || (key !== watchedKey && !key.startsWith(`${watchedKey}/`))) return;
      lines.push(`${(scheduler.nowMs() / 1000).toFixed(3).padStart(10)}  ${text}`);
    },
  };
  const simulated = parts as unknown as Simulated;
  simulated.owner = startOwner(simulated, uploads, PACE_MS);
  return simulated;
}

/** Half of the histories: their renditions are immutable. */
function hasImmutable(seed: number): boolean {
  return seed % 2 === 1;
}

function createRollOut(
  versions: WorkerVersions,
  random: Random,
  scheduler: Scheduler,
  uploadingMs: number,
): Simulated["versionOf"] {
  const [first, last] = ROLL_OUT.map((share) => Math.round(share * uploadingMs)) as [number, number];
  const times = new Map<number, number>();
  return (environment) => {
    const atMs = times.get(environment) ?? random.between(first, last);
    times.set(environment, atMs);
    return versions[scheduler.nowMs() < atMs ? 0 : 1];
  };
}

function isQuiet({ processes }: Simulated): boolean {
  for (const process of processes) {
    if (!process.isOver) return false;
    processes.delete(process);
  }
  return true;
}

function changedKeys({ histories }: Owner) {
  let overwritten = 0;
  let removed = 0;
  let changed = 0;
  for (const changes of histories.values()) {
    if (changes.filter(({ content }) => content).length > 1) overwritten += 1;
    if (changes.some(({ content }) => !content)) removed += 1;
    if (changes.length > 1) changed += 1;
  }
  return { overwrittenKeys: overwritten, removedKeys: removed, changedKeys: changed };
}
