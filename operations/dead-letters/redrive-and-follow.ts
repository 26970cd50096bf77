// A redrive as an operator wants it: a few first, and the rest only when those went well; then what became of each.

import type { Target } from "../target.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { type Redrive, type RedriveOptions, redrive } from "./redrive.ts";
import { type Fate, type FateOptions, followRedriven } from "./redrive-fate.ts";

export interface FollowedRedrive extends Redrive {
  /** Sent by earlier runs that were killed; among the fates, and not among the redriven. */
  resumed: readonly DeadLetter[];
  /** When it was aborted, all are pending. */
  fates: ReadonlyMap<DeadLetter, Fate>;
  /** The canaries failed, or nobody knows yet: the rest was left where it is. */
  isStopped: boolean;
}

export interface FollowedRedriveOptions extends RedriveOptions {
  canary?: number | undefined;
  /** False: nobody waits for what becomes of them, so all are pending. */
  follow?: Omit<FateOptions, "signal" | "waitSeconds"> | false;
}

export async function redriveAndFollow(
  target: Target,
  { canary, follow = {}, ...options }: FollowedRedriveOptions,
): Promise<FollowedRedrive> {
  const { signal, waitSeconds } = options;
  const listing = { ...(signal && { signal }), ...(waitSeconds !== undefined && { waitSeconds }) };
  const resumed = options.journal?.earlier ?? [];
  const send = async (limit: number | undefined, others: readonly DeadLetter[]) => {
    const sent = await redrive(target, { ...options, limit });
    const letters = [...others, ...sent.redriven];
    if (!follow) return { ...sent, fates: allPending(letters) };
    const fates = await followRedriven(target, letters, { ...follow, ...listing }).catch((error) => {
      if (signal?.aborted) return allPending(letters);
      throw error;
    });
    return { ...sent, fates };
  };
  if (canary === undefined) return { ...(await send(options.limit, resumed)), resumed, isStopped: false };

  const first = await send(Math.min(canary, options.limit ?? canary), resumed);
  const isWell = [...first.fates.values()].every(({ state }) => state === "done");
  if (!isWell || first.redriven.length < canary) return { ...first, resumed, isStopped: !isWell };

  const limit = options.limit === undefined ? undefined : options.limit - first.redriven.length;
  const rest = await send(limit, []);
  return {
    resumed,
    redriven: [...first.redriven, ...rest.redriven],
    undeleted: [...first.undeleted, ...rest.undeleted],
    refused: [...first.refused, ...rest.refused],
    guarded: rest.guarded,
    ofUnknownVersion: rest.ofUnknownVersion,
    hidden: rest.hidden,
    fates: new Map([...first.fates, ...rest.fates]),
    isStopped: false,
  };
}

function allPending(letters: readonly DeadLetter[]): Map<DeadLetter, Fate> {
  return new Map(letters.map((letter) => [letter, { state: "pending" }]));
}
