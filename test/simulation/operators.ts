// The people who operate it: they ask for every source once a new recipe is in force, and redrive what may now succeed.
// The redrive is Darkroom's order (send, then delete) with a process that is killed again and again, and started again.
import { kindOf, REJECTED_FOR } from "./images.ts";
import type { DeadLetter } from "./ledger.ts";
import type { Simulated } from "./simulated.ts";

/** As in operations/request-reconcile.ts. */
const KEYS_PER_MESSAGE = 10;
/** Of all keys. A backfill repairs whatever is wrong, so the rest must do without. */
const BACKFILLED = 0.3;

export async function backfill({ owner, ledger, queue, scheduler, random }: Simulated): Promise<void> {
  const keys = [...owner.histories.keys()].filter(() => random.chance(BACKFILLED));
  for (let start = 0; start < keys.length; start += KEYS_PER_MESSAGE) {
    const some = keys.slice(start, start + KEYS_PER_MESSAGE);
    const about = some.map((key) => ({ key, change: (owner.histories.get(key)?.length ?? 0) - 1 }));
    const body = JSON.stringify({ darkroom: "reconcile", keys: some });
    queue.send(ledger.announce(body, about, true), 0);
    await scheduler.sleep(random.between(100, 1000));
  }
}

/** Per step: the operator's process dies, and the operator starts it again from the top. */
const REDRIVE_KILL = 0.05;

export function redrive(simulated: Simulated): { redriven: number; kills: number } {
  const { ledger, queue, random } = simulated;
  const done = { redriven: 0, kills: 0 };
  const isKilled = () => {
    const isHit = random.chance(REDRIVE_KILL);
    if (isHit) done.kills += 1;
    return isHit;
  };
  for (;;) {
    const letter = ledger.deadLetters.find((candidate) => mayHelp(simulated, candidate));
    if (!letter) return done;
    if (isKilled()) continue;
    queue.send(letter.announcement, random.between(0, 2000), { RedriveCount: "1" });
    if (isKilled()) continue;
    ledger.deadLetters.splice(ledger.deadLetters.indexOf(letter), 1);
    done.redriven += 1;
  }
}

/** All but what was rejected for good and has not changed since. */
function mayHelp({ owner }: Simulated, { reason }: DeadLetter): boolean {
  if (!reason || !Object.values(REJECTED_FOR).includes(reason.ReasonCode ?? "")) return true;
  const content =
    owner.histories
      .get(reason.SourceKey ?? "")
      ?.at(-1)
      ?.content?.toString() ?? "";
  return REJECTED_FOR[kindOf(content)] !== reason.ReasonCode;
}
