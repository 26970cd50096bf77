import { expect } from "chai";
import { parseRecipe } from "../../../settings/settings.ts";
import type { Header } from "../../../worker/inspect/header.ts";
import { capacityOf, isolatedBytes } from "../../../worker/isolation/capacity.ts";
import { estimateMemoryBytes } from "../../../worker/render/memory.ts";

const MIB = 1024 * 1024;

describe("capacityOf", () => {
  it("takes two images on one vCPU, and one per vCPU from there", () => {
    expect([1024, 1769, 3538, 5307, 10240].map((mib) => capacityOf(mib * MIB, 0).concurrency)).to.deep.equal([
      2, 2, 2, 3, 6,
    ]);
  });

  it("keeps room for the worker, for files that wait and for surprises", () => {
    const { limitBytes, renderBytes } = capacityOf(2000 * MIB, 100 * MIB);

    expect(limitBytes).to.equal(1900 * MIB);
    expect(renderBytes).to.equal((1900 - 80 - 100) * MIB);
  });

  it("still takes the worst source that the default limits allow, at the default memory", () => {
    const worst: Header = {
      format: "avif",
      width: 10_000,
      height: 5000,
      frames: 1,
      orientation: 1,
      kind: "avif-deep",
      metadataBytes: 0,
    };
    const sourceBytes = 4 * MIB;
    const { variants } = parseRecipe("{}", "recipe");
    const needed = isolatedBytes(estimateMemoryBytes(worst, sourceBytes, variants), sourceBytes);

    expect(needed).to.be.below(capacityOf(1769 * MIB, 100 * MIB).renderBytes);
  });
});
