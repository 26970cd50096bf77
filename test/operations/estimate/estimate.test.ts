import { expect } from "chai";
import {
  batchesOf,
  drainSeconds,
  type Mode,
  provisionedMode,
  standardMode,
} from "../../../operations/estimate/estimate.ts";
import { imageWork } from "../../../operations/estimate/image-seconds.ts";
import { aRecipe } from "../../support/small-world.ts";

/** Batch by batch instead of by formula: each is taken by whoever is free first. */
function simulated(count: number, secondsPerBatch: number, { start, rampPerSecond, cap }: Mode): number {
  const freeAt = Array.from({ length: cap }, (_, poller) => Math.max(0, poller + 1 - start) / rampPerSecond);
  let ended = 0;
  for (let batch = 0; batch < count; batch++) {
    const first = freeAt.indexOf(Math.min(...freeAt));
    ended = (freeAt[first] ?? 0) + secondsPerBatch;
    freeAt[first] = ended;
  }
  return ended;
}

describe("the estimate", () => {
  const standard = standardMode({ maximumConcurrency: undefined }, 1000);
  const provisioned = provisionedMode({ pollers: { minimum: 2, maximum: 200 } }, 1000);
  const aFew = { pollers: { minimum: 2, maximum: 6 } };
  const batches = (images: number) => ({ images, imagesPerBatch: 10, secondsPerBatch: 5 });

  it("agrees with pollers who take one batch after the other, in the ramp and after it", () => {
    const few = standardMode({ maximumConcurrency: 50 }, 1000);
    for (const mode of [few, standardMode({ maximumConcurrency: 2 }, 1000), provisionedMode(aFew, 1000)]) {
      for (const count of [1, 5, 6, 21, 60, 333, 2000]) {
        for (const secondsPerBatch of [0.3, 5, 40]) {
          const estimated = drainSeconds({ images: 10 * count, imagesPerBatch: 10, secondsPerBatch }, mode);
          expect(estimated).to.be.closeTo(simulated(count, secondsPerBatch, mode), 0.002);
        }
      }
    }
  });

  it("is as long as so many rounds of the ramp's end, where there are many more images", () => {
    // From the 1,000th on, each five seconds 10,000 images: the ramp of 199 s has done its 19,850th batch by then.
    expect(drainSeconds(batches(1_000_000), standard)).to.be.closeTo(199 + (100_000 - 19_850) / 200, 5);
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
