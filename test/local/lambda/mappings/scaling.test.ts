import { expect } from "chai";
import sinon from "sinon";
import { type Pollers, startPollers } from "../../../../local/lambda/mappings/pollers.ts";
import {
  awsRamp,
  concurrencyAfter,
  type Limits,
  secondsUntil,
  unboundRamp,
} from "../../../../local/lambda/mappings/scaling.ts";

const provisioned = (minimum: number, maximum: number): Limits => ({
  provisionedPollers: { minimum, maximum },
});

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html: "five concurrent batches", "up to 300 more
// instances per minute", at most 1,250; in provisioned mode ten for each poller, "up to 1,000 concurrency per minute".
const documented: [
  what: string,
  limits: Limits,
  resting: number,
  after: [seconds: number, most: number][],
][] = [
  [
    "standard mode",
    {},
    2,
    [
      [0, 5],
      [1, 10],
      [60, 305],
      [120, 605],
      [248.9, 1249],
      [249, 1250],
      [3600, 1250],
    ],
  ],
  [
    "a maximum concurrency",
    { maximumConcurrency: 50 },
    5,
    [
      [0, 5],
      [8.9, 49],
      [9, 50],
      [60, 50],
    ],
  ],
  [
    "one below the start",
    { maximumConcurrency: 2 },
    2,
    [
      [0, 2],
      [60, 2],
    ],
  ],
  [
    "provisioned mode",
    provisioned(2, 200),
    20,
    [
      [0, 20],
      [60, 1020],
      [118.8, 2000],
      [600, 2000],
    ],
  ],
  [
    "as many pollers as may be",
    provisioned(200, 10_000),
    2000,
    [
      [0, 2000],
      [60, 3000],
      [5880, 100_000],
    ],
  ],
];

describe("AWS's scaling", () => {
  for (const [what, limits, resting, after] of documented) {
    it(`of ${what} has the concurrency that is documented, at every time`, () => {
      const ramp = awsRamp(limits);
      expect(ramp.resting).to.equal(resting);
      for (const [seconds, most] of after) {
        expect(concurrencyAfter(ramp, seconds + 1e-9), `after ${seconds} s`).to.equal(most);
        expect(secondsUntil(ramp, most), `until ${most}`).to.be.at.most(seconds);
      }
      expect(secondsUntil(ramp, ramp.cap + 1)).to.equal(Number.POSITIVE_INFINITY);
    });
  }

  it("is not waited for on this machine: all at once, and one that looks", () => {
    const ramp = unboundRamp({ maximumConcurrency: 50 });
    expect([ramp.resting, concurrencyAfter(ramp, 0)]).to.deep.equal([1, 50]);
  });
});

describe("pollers", () => {
  const TIME_SCALE = 10;
  let clock: sinon.SinonFakeTimers;
  let pollers: Pollers;
  /** Batches in the queue, each of which takes so long. */
  let [batches, batchMs] = [0, 0];
  let [present, busy] = [0, 0];
  let isOver = false;
  let sent = Promise.withResolvers<void>();

  const send = (count: number) => {
    batches += count;
    sent.resolve();
    sent = Promise.withResolvers();
  };

  const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** A long poll. */
  async function take(): Promise<boolean> {
    const late = pause(20_000 / TIME_SCALE).then(() => "late");
    while (batches === 0) if ((await Promise.race([sent.promise, late])) === "late") return false;
    batches -= 1;
    return true;
  }

  async function poll(): Promise<void> {
    present += 1;
    await Promise.resolve(); // As one that takes a place first.
    while (!isOver) {
      if (await pollers.waiting(take())) {
        busy += 1;
        pollers.found();
        await pause(batchMs);
        busy -= 1;
      } else if (pollers.mayLeave()) break;
    }
    present -= 1;
  }

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    [batches, batchMs, present, busy, isOver] = [0, 700, 0, 0, false];
  });
  afterEach(async () => {
    isOver = true;
    const stopped = pollers.stop();
    await clock.tickAsync(5000);
    await stopped;
    clock.restore();
  });

  const start = (limits: Limits) => {
    pollers = startPollers({ ramp: awsRamp(limits), timeScale: TIME_SCALE, poll });
  };

  it("follow the ramp in so many times its speed, and no further than its cap", async () => {
    send(10_000);
    start({ maximumConcurrency: 40 });
    for (const seconds of [1, 2, 3, 4, 5, 6]) {
      await clock.tickAsync(1000 / TIME_SCALE);
      expect(busy, `after ${seconds} s`).to.be.within(4 + 5 * seconds, 5 + 5 * seconds);
    }
    await clock.tickAsync(10_000);
    expect([busy, present]).to.deep.equal([40, 40]);
  });

  it("come back to what rests when they find nothing for a long poll, and then begin the ramp again", async () => {
    send(400);
    start({ maximumConcurrency: 40 });
    await clock.tickAsync(2000);
    expect(busy).to.equal(40);
    await clock.tickAsync(8000);
    expect([batches, busy, present]).to.deep.equal([0, 0, 5]);

    send(10_000);
    await clock.tickAsync(10);
    expect(busy).to.equal(5);
    await clock.tickAsync(100);
    expect(busy).to.be.within(9, 10);
  });

  it("go on from those that are still at work when there are messages again", async () => {
    batchMs = 5000;
    send(20);
    start({ maximumConcurrency: 40 });
    await clock.tickAsync(4900);
    expect([busy, present]).to.deep.equal([20, 20]);
    send(1000);
    await clock.tickAsync(100);
    expect(busy).to.equal(20);
    await clock.tickAsync(100);
    expect(busy).to.be.within(24, 25);
  });

  it("bring nobody while one of them still waits for a message", async () => {
    start({ maximumConcurrency: 40 });
    for (let n = 0; n < 20; n++) {
      send(1);
      await clock.tickAsync(500);
    }
    expect(present).to.equal(5);
  });
});
