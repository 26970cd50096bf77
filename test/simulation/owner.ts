// The people who upload: new keys, overwrites, reverts to earlier bytes, removals; each announced by S3 once, twice, late.
// Keeps the truth that the checker compares with.
import { s3Event } from "../support/records.ts";
import { imageText, type Kind } from "./images.ts";
import type { Simulated } from "./simulated.ts";

export interface Change {
  atMs: number;
  /** None: removed. */
  content: Buffer | undefined;
}

export interface Owner {
  /** Every content each key had; the last one is the truth. */
  histories: Map<string, Change[]>;
  counts: { uploads: number; removals: number; reverts: number; events: number };
  isDone(): boolean;
}

/** So many of the changes are to a key that exists. */
const TOUCHES_EXISTING = 0.5;
/** Keys that change while a worker is likely to be at them, and keys whose events and back-offs are minutes old. */
const RECENT = [6, 60, 2000];
const REMOVES = 0.3;
const REVERTS = 0.35;
/** Of the overwrites: taken back soon, while somebody may still be at them. */
const TAKEN_BACK = 0.3;
const TAKEN_BACK_WITHIN_MS = 100_000;
/** Per new content. */
const KIND_SHARES: [Kind, number][] = [
  ["corrupt", 0.03],
  ["huge", 0.01],
  ["slow", 0.004],
  ["crashing", 0.005],
  ["hanging", 0.002],
  ["greedy", 0.005],
];

/** `paceMs`: mean time from one change to the next. */
export function startOwner(simulated: Simulated, uploads: number, paceMs: number): Owner {
  const { scheduler, random } = simulated;
  const keys: string[] = [];
  const owner = {
    histories: new Map<string, Change[]>(),
    counts: { uploads: 0, removals: 0, reverts: 0, events: 0 },
    isDone: () => owner.counts.uploads >= uploads,
  };
  const next = () => {
    change(simulated, owner, keys);
    if (!owner.isDone()) scheduler.at(scheduler.nowMs() + random.between(0, 2 * paceMs), next);
  };
  scheduler.at(0, next);
  return owner;
}

function change(simulated: Simulated, owner: Owner, keys: string[]): void {
  const { scheduler, random } = simulated;
  const key = chooseKey(simulated, keys);
  const history = owner.histories.get(key) ?? [];
  owner.histories.set(key, history);
  const before = history.at(-1);
  put(simulated, owner, key, nextContent(simulated, owner, history));
  if (!before || !random.chance(TAKEN_BACK)) return;
  scheduler.at(scheduler.nowMs() + random.between(100, TAKEN_BACK_WITHIN_MS), () => {
    if (owner.isDone()) return;
    owner.counts[before.content ? "uploads" : "removals"] += 1;
    if (before.content) owner.counts.reverts += 1;
    put(simulated, owner, key, before.content);
  });
}

function put(simulated: Simulated, owner: Owner, key: string, content: Buffer | undefined): void {
  const { scheduler, source } = simulated;
  const history = owner.histories.get(key) ?? [];
  history.push({ atMs: scheduler.nowMs(), content });
  simulated.note(key, `owner ${content ? `puts "${content}"` : "removes it"}`);
  if (content === undefined) source.remove(undefined, key);
  else source.set(undefined, key, content);
  announce(simulated, owner, key, history.length - 1);
}

function chooseKey({ random }: Simulated, keys: string[]): string {
  if (keys.length > 0 && random.chance(TOUCHES_EXISTING)) {
    const among = Math.min(keys.length, random.pick(RECENT));
    return keys[keys.length - random.between(1, among)]!;
  }
  const key = `photos/${keys.length + 1}.jpg`;
  keys.push(key);
  return key;
}

function nextContent({ random }: Simulated, { counts }: Owner, history: readonly Change[]) {
  if (history.at(-1)?.content !== undefined && random.chance(REMOVES)) {
    counts.removals += 1;
    return undefined;
  }
  counts.uploads += 1;
  const earlier = history.flatMap(({ content }) => content ?? []);
  if (earlier.length > 0 && random.chance(REVERTS)) {
    counts.reverts += 1;
    return random.pick(earlier);
  }
  const drawn = random.next();
  const [kind] = KIND_SHARES.find(([, share], index) => drawn < share + sharesBefore(index)) ?? ["plain"];
  return Buffer.from(imageText(kind as Kind, counts.uploads));
}

function sharesBefore(index: number): number {
  return KIND_SHARES.slice(0, index).reduce((sum, [, share]) => sum + share, 0);
}

function announce(
  { random, faults, counts, queue, ledger }: Simulated,
  owner: Owner,
  key: string,
  change: number,
) {
  const isDuplicated = random.chance(faults.duplicateEvent);
  if (isDuplicated) counts.duplicateEvent += 1;
  for (let copy = 0; copy < (isDuplicated ? 2 : 1); copy += 1) {
    owner.counts.events += 1;
    const isLate = random.chance(faults.late);
    if (isLate) counts.late += 1;
    // Every announcement is a text of its own, as S3's sequencers and request ids make them.
    const body = `${s3Event(key).slice(0, -1)},"serial":${owner.counts.events}}`;
    const announcement = ledger.announce(body, [{ key, change }], false);
    const isCopied = random.chance(faults.copiedMessage);
    if (isCopied) counts.copiedMessage += 1;
    for (let server = 0; server <= Number(isCopied); server += 1) {
      queue.send(announcement, isLate ? random.between(60_000, 900_000) : random.between(5, 400));
    }
  }
}
