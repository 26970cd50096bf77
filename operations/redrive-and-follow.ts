// A redrive as an operator wants it: a few first, and the rest only when those went well; then what became of each.
import type { DeadLetter } from "./dead-letters.ts";
import { type Redrive, type RedriveOptions, redrive } from "./redrive.ts";
import { type Fate, type FateOptions, followRedriven } from "./redrive-fate.ts";
import type { Target } from "./target.ts";

export interface FollowedRedrive extends Redrive {
  fates: ReadonlyMap<DeadLetter, Fate>;
  /** The canaries failed, or nobody knows yet: the rest was left where it is. */
  isStopped: boolean;
}

export interface FollowedRedriveOptions extends RedriveOptions {
  canary?: number | undefined;
  follow?: Omit<FateOptions, "signal" | "waitSeconds">;
}

export async function redriveAndFollow(
  target: Target,
  { canary, follow, ...options }: FollowedRedriveOptions,
): Promise<FollowedRedrive> {
  const { signal, waitSeconds } = options;
  const listing = { ...(signal && { signal }), ...(waitSeconds !== undefined && { waitSeconds }) };
  const send = async (limit: number | undefined) => {
    const sent = await redrive(target, { ...options, limit });
    return { ...sent, fates: await followRedriven(target, sent.redriven, { ...follow, ...listing }) };
  };
  if (canary === undefined) return { ...(await send(options.limit)), isStopped: false };

  const first = await send(Math.min(canary, options.limit ?? canary));
  const isWell = [...first.fates.values()].every(({ state }) => state === "done");
  if (!isWell || first.redriven.length < canary) return { ...first, isStopped: !isWell };

  const limit = options.limit === undefined ? undefined : options.limit - first.redriven.length;
  const rest = await send(limit);
  return {
    redriven: [...first.redriven, ...rest.redriven],
    undeleted: [...first.undeleted, ...rest.undeleted],
    refused: [...first.refused, ...rest.refused],
    guarded: rest.guarded,
    fates: new Map([...first.fates, ...rest.fates]),
    isStopped: false,
  };
}
