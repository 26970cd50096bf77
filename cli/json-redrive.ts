// A redrive for machines. Its names are public: other people's scripts depend on them.
import type { DeadLetter } from "../operations/dead-letters/dead-letters.ts";
import { codeOf } from "../operations/dead-letters/reasons.ts";
import type { FollowedRedrive } from "../operations/dead-letters/redrive-and-follow.ts";
import type { Fate } from "../operations/dead-letters/redrive-fate.ts";
import { tally } from "./terminal/redrive.ts";

export function redriveJson(result: FollowedRedrive) {
  const { redriven, resumed, undeleted, refused, guarded, ofUnknownVersion, hidden, fates, isStopped } =
    result;
  return {
    dryRun: false,
    stopped: isStopped,
    redriven: redriven.length,
    resumed: resumed.length,
    undeleted: undeleted.length,
    refused: refused.map(({ letter, problem }) => ({ id: letter.messageId, problem })),
    guarded: guarded.length,
    ofUnknownVersion: ofUnknownVersion.length,
    hidden,
    ...fatesJson(fates),
  };
}

/** `code` is why it was a dead letter; `again` why it is one now. */
export function fatesJson(fates: ReadonlyMap<DeadLetter, Fate>) {
  return {
    byReason: tally({ fates }),
    letters: [...fates].map(([letter, fate]) => ({
      id: letter.messageId,
      key: letter.sourceKey,
      code: codeOf(letter),
      state: fate.state,
      ...(fate.state === "rejected" && { again: fate.code }),
    })),
  };
}
