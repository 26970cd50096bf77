import { expect } from "chai";
import {
  batchesOf,
  drainSeconds,
  type Mode,
  provisionedMode,
  standardMode,
} from "../../operations/estimate.ts";
import { imageWork } from "../../operations/image-seconds.ts";
import { aRecipe } from "../support/small-world.ts";

/** Step by step instead of by formula. */
function simulated(images: number, perInvocation: number, { start, rampPerSecond, cap }: Mode): number {
  const step = 0.01;
  let [seconds, done] = [0, 0];
  while (done < images) {
    done += Math.min(cap, start + rampPerSecond * seconds) * perInvocation * step;
    seconds += step;
  }
  return seconds;
}

describe("the estimate", () => {
  const standard = standardMode({ maximumConcurrency: undefined }, 1000);
  const provisioned = provisionedMode({ pollers: { minimum: 2, maximum: 200 } }, 1000);
  const batches = (images: number) => ({ images, imagesPerBatch: 10, secondsPerBatch: 5 });

  it("agrees with the same model taken step by step, in the ramp and after it", () => {
    for (const mode of [standard, provisioned, standardMode({ maximumConcurrency: 50 }, 1000)]) {
      for (const images of [1000, 10_000, 100_000, 1_000_000]) {
        expect(drainSeconds(batches(images), mode)).to.be.closeTo(
          Math.max(5, simulated(images, 2, mode)),
          0.05,
        );
      }
    }
  });

  it("knows the limits of both modes, and the account's", () => {
    expect(standard).to.deep.equal({ start: 5, rampPerSecond: 5, cap: 1000 });
    expect(standardMode({ maximumConcurrency: undefined }, 5000).cap).to.equal(1250);
    expect(standardMode({ maximumConcurrency: 2 }, 1000)).to.include({ start: 2, cap: 2 });
    expect(provisioned).to.include({ start: 20, cap: 1000 });
    expect(provisionedMode({ pollers: { minimum: 100, maximum: 200 } }, 1000).start).to.equal(1000);
    expect(provisionedMode({ pollers: undefined }, 5000).cap).to.equal(2000);
  });

  it("takes no time for nothing, and never less than a batch takes", () => {
    expect(drainSeconds(batches(0), standard)).to.equal(0);
    expect(drainSeconds(batches(1), provisioned)).to.equal(5);
  });

  it("gives a function the cores that its memory buys, and what is left of one", () => {
    const of = (memoryMiB: number) => batchesOf(1, { memoryMiB }, { seconds: 1, imagesPerBatch: 10 });
    expect(of(1769).secondsPerBatch).to.equal(10);
    expect(of(3538).secondsPerBatch).to.equal(5);
    expect(of(884.5).secondsPerBatch).to.equal(20);
  });

  it("takes a larger source for slower, but its renditions not for larger than the source", () => {
    const recipe = aRecipe({ variants: [{ name: "all", width: 4000, formats: ["avif", "jpeg"] }] });
    const [small, large, huge] = [1, 12, 48].map((megapixels) => imageWork(recipe, megapixels));

    expect(small?.renditions).to.equal(2);
    expect(small?.seconds).to.be.below(large?.seconds ?? 0);
    expect((huge?.seconds ?? 0) - (large?.seconds ?? 0)).to.be.closeTo(36 * 0.0013, 1e-9);
  });
});
