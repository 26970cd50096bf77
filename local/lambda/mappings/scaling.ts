// How many invocations at once an event source mapping may have, while there are messages: on this machine at once as many
// as it may ever have, or, where it is asked for, as many more every minute as AWS documents. Pure: a time in, a number out.
//
//   resting ──messages──► start ──messages are still there: so many more a second──► cap
//      ▲                                                                              │
//      └──────────────── one after the other finds none for a long poll ◄─────────────┘
//
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html

export interface Ramp {
  /** Kept while the queue is empty. */
  resting: number;
  /** At once, as soon as there are messages. */
  start: number;
  perSecond: number;
  cap: number;
}

/** Of a mapping. With neither, only Lambda's own holds. */
export interface Limits {
  /** Invocations at once. */
  maximumConcurrency?: number | undefined;
  /** In provisioned mode. */
  provisionedPollers?: { minimum: number; maximum: number } | undefined;
}

/** Lambda's own, where provisioned mode leaves one open. */
export const DEFAULT_POLLERS = { minimum: 2, maximum: 200 };

const PER_POLLER = 10;
const STANDARD = { start: 5, perMinute: 300, cap: 1250 };
/** "Can optimize to as few as 2", but not where a maximum concurrency is set. */
const FEWEST_RESTING = 2;
const PROVISIONED = { perMinute: 1000 };

/** With nothing but this machine to wait for: one looks, and brings all others when it finds messages. */
export function unboundRamp(limits: Limits): Ramp {
  const { cap } = awsRamp(limits);
  return { resting: 1, start: cap, perSecond: 0, cap };
}

export function awsRamp({ maximumConcurrency, provisionedPollers: pollers }: Limits): Ramp {
  if (pollers) {
    const start = PER_POLLER * pollers.minimum;
    return {
      ...{ resting: start, start },
      perSecond: PROVISIONED.perMinute / 60,
      cap: PER_POLLER * pollers.maximum,
    };
  }
  const cap = Math.min(STANDARD.cap, maximumConcurrency ?? STANDARD.cap);
  const start = Math.min(STANDARD.start, cap);
  const resting = maximumConcurrency === undefined ? FEWEST_RESTING : start;
  return { resting, start, perSecond: STANDARD.perMinute / 60, cap };
}

/** After messages have been there for so long; `from` when there were more than the start of the ramp already. */
export function concurrencyAfter({ start, perSecond, cap }: Ramp, seconds: number, from = start): number {
  return Math.min(cap, Math.floor(Math.max(start, from) + perSecond * seconds));
}

/** Until there may be so many. */
export function secondsUntil({ start, perSecond, cap }: Ramp, wanted: number, from = start): number {
  if (wanted > cap) return Number.POSITIVE_INFINITY;
  const missing = wanted - Math.max(start, from);
  return missing <= 0 ? 0 : missing / perSecond;
}
