import { expect } from "chai";
import { drainForecast } from "../../operations/drain-forecast.ts";
import { createRandom } from "../simulation/random.ts";

describe("the drain forecast", () => {
  const looks = (...waiting: number[]) =>
    waiting.map((each, index) => ({ atMs: index * 1000, waiting: each }));

  it("tells how fast the queues shrink, and how long that takes", () => {
    expect(drainForecast(looks(190, 170, 150, 130))).to.deep.equal({
      ...{ perSecond: 20, overSeconds: 3, remainingSeconds: 6.5, errorSeconds: 0 },
      ...{ arrivedPerSecond: 0, donePerSecond: 20 },
    });
  });

  it("tells what arrives and what is done apart, once there are a few looks", () => {
    expect(drainForecast(looks(10, 40, 20, 50, 10))).to.include({
      ...{ perSecond: 0, arrivedPerSecond: 15, donePerSecond: 15 },
    });
    expect(drainForecast(looks(10, 40, 20))).to.include({
      ...{ arrivedPerSecond: undefined, donePerSecond: undefined },
    });
  });

  it("tells no time when they grow, and no error of two looks", () => {
    expect(drainForecast(looks(10, 30))).to.include({ perSecond: -20, remainingSeconds: undefined });
    expect(drainForecast(looks(30, 10))).to.include({ remainingSeconds: 0.5, errorSeconds: undefined });
    expect(drainForecast(looks(30))).to.equal(undefined);
  });

  it("forgets that they grew before, once they shrink for a while", () => {
    expect(drainForecast(looks(10, 100, 200, 200, 190, 180))).to.include({ perSecond: -34 });
    expect(drainForecast(looks(10, 100, 200, 200, 190, 180, 170))).to.include({ perSecond: 10 });
  });

  it("is right within its error nearly always, though batches end when they will", () => {
    const seed = 20;
    const random = createRandom(seed);
    const runs = 1000;
    let right = 0;
    for (let run = 0; run < runs; run += 1) {
      const history = drained(5000, () => Array.from({ length: 20 }, () => (random.chance(0.1) ? 10 : 0)));
      const at = random.between(20, history.length - 2);
      const { remainingSeconds = 0, errorSeconds = 0 } = drainForecast(history.slice(at - 15, at)) ?? {};
      const truly = history.length - at;
      if (Math.abs(remainingSeconds - truly) <= errorSeconds) right += 1;
    }

    expect(right / runs, `seed ${seed}`).to.be.within(0.85, 0.99);
  });

  /** Once a second until nothing is left: so many invocations, each of which ends then, or does not. */
  function drained(total: number, oneSecond: () => number[]) {
    const history = [{ atMs: 0, waiting: total }];
    for (let waiting = total; waiting > 0; ) {
      waiting = Math.max(0, waiting - oneSecond().reduce((sum, done) => sum + done, 0));
      history.push({ atMs: history.length * 1000, waiting });
    }
    return history;
  }
});
