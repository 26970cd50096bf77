// When the queues will be empty, from how they shrank so far, and how wrong that may be. Each look's change is taken for one throw of
// the same dice: how much they differ says how well the mean is known, and how much chance is still to come.
//
//   rate = (first − last) / time          r
//   time left = left / r, within two standard errors of the rate's and of the throws to come
export interface Look {
  atMs: number;
  /** Messages to do. */
  waiting: number;
}

export interface Forecast {
  /** Messages a second by which the queues shrink; what arrives meanwhile is taken off. */
  perSecond: number;
  /** What that is the mean of. */
  overSeconds: number;
  /** Until they are empty; nothing when they do not shrink. */
  remainingSeconds: number | undefined;
  /** Nineteen times of twenty, it is no more wrong than that. Nothing before there are a few looks. */
  errorSeconds: number | undefined;
  /**
   * What was added between two looks, and what was done. Only their difference can be seen: both are too low by what was
   * added and done between the same two, and too high by how much AWS's counts waver. Nothing before there are a few looks.
   */
  arrivedPerSecond: number | undefined;
  donePerSecond: number | undefined;
}

/** Fewer changes than these tell nothing of how much they differ. */
const FEWEST_CHANGES = 3;

/** The looks of the past, oldest first. Where they grew first and shrink now, those since there were most. */
export function drainForecast(looks: readonly Look[]): Forecast | undefined {
  const whole = meanOf(looks);
  if (!whole || whole.perSecond > 0) return whole;
  const most = Math.max(...looks.map(({ waiting }) => waiting));
  const since = looks.slice(looks.findLastIndex(({ waiting }) => waiting === most));
  return since.length > FEWEST_CHANGES ? meanOf(since) : whole;
}

function meanOf(looks: readonly Look[]): Forecast | undefined {
  const [first, last] = [looks.at(0), looks.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return undefined;
  const overSeconds = (last.atMs - first.atMs) / 1000;
  const perSecond = (first.waiting - last.waiting) / overSeconds;
  const isShrinking = perSecond > 0;
  return {
    perSecond,
    overSeconds,
    remainingSeconds: isShrinking ? last.waiting / perSecond : undefined,
    errorSeconds: isShrinking ? errorOf(looks, last.waiting, perSecond) : undefined,
    ...trafficOf(looks, overSeconds),
  };
}

function trafficOf(looks: readonly Look[], overSeconds: number) {
  const changes = looks.slice(1).map(({ waiting }, index) => waiting - (looks[index] as Look).waiting);
  if (changes.length < FEWEST_CHANGES) return { arrivedPerSecond: undefined, donePerSecond: undefined };
  const sum = (sign: 1 | -1) => changes.reduce((total, change) => total + Math.max(0, sign * change), 0);
  return { arrivedPerSecond: sum(1) / overSeconds, donePerSecond: sum(-1) / overSeconds };
}

function errorOf(looks: readonly Look[], left: number, perSecond: number): number | undefined {
  const changes = looks.slice(1).map(({ atMs, waiting }, index) => {
    const before = looks[index] as Look;
    const seconds = (atMs - before.atMs) / 1000;
    return { seconds, deviation: before.waiting - waiting - perSecond * seconds };
  });
  if (changes.length < FEWEST_CHANGES) return undefined;
  const seconds = changes.reduce((sum, each) => sum + each.seconds, 0);
  // Of the messages done in one second, whatever the time between two looks.
  const squares = changes.reduce((sum, each) => sum + each.deviation ** 2 / each.seconds, 0);
  const variance = squares / (changes.length - 1);
  const ofTheRate = (variance / seconds) * (left / perSecond ** 2) ** 2;
  const ofWhatComes = (variance * (left / perSecond)) / perSecond ** 2;
  return 2 * Math.sqrt(ofTheRate + ofWhatComes);
}
