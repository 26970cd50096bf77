// The estimate that admits an image. Its numbers were measured (see its file); here is what must hold between them.
import { expect } from "chai";
import fc from "fast-check";
import type { Header, MemoryKind } from "../../../worker/inspect/header.ts";
import { capacityOf } from "../../../worker/isolation/capacity.ts";
import { createMemoryBudget } from "../../../worker/isolation/memory-budget.ts";
import { estimateMemoryBytes } from "../../../worker/render/memory.ts";
import { variantsOf } from "../../support/develop.ts";
import { limitsOf } from "../../support/limits.ts";
import { rejection } from "../../support/rejection.ts";

const MB = 1_000_000;
const KINDS: MemoryKind[] = [
  "jpeg-baseline",
  "jpeg-progressive",
  "png",
  "png-interlaced",
  "webp-lossy",
  "webp-lossless",
  "webp-animated",
  "gif",
  "avif",
  "avif-deep",
];

const aHeader = (fields: Partial<Header> = {}): Header => ({
  format: "jpeg",
  width: 4000,
  height: 3000,
  frames: 1,
  orientation: 1,
  kind: "jpeg-baseline",
  metadataBytes: 0,
  ...fields,
});
const variants = variantsOf({ name: "large", width: 1920 }, { name: "small", width: 320 });

describe("estimateMemoryBytes", () => {
  it("never falls when the image, its file or its renditions grow", () => {
    const side = fc.integer({ min: 1, max: 8000 });
    const sizes = fc.tuple(
      fc.constantFrom(...KINDS),
      side,
      side,
      fc.integer({ min: 0, max: 4000 }),
      fc.nat(50 * MB),
    );
    fc.assert(
      fc.property(sizes, ([kind, width, height, more, bytes]) => {
        const estimate = estimateMemoryBytes(aHeader({ kind, width, height }), bytes, variants);
        const taller = aHeader({ kind, width, height: height + more });
        const ofTaller = estimateMemoryBytes(taller, bytes, variants);
        const ofHeavier = estimateMemoryBytes(aHeader({ kind, width, height }), bytes + more, variants);
        const wider = variantsOf({ name: "large", width: 1920 + more }, { name: "small", width: 320 });
        const ofWider = estimateMemoryBytes(aHeader({ kind, width, height }), bytes, wider);
        expect(Math.min(ofTaller, ofHeavier, ofWider)).to.be.at.least(estimate);
      }),
      { seed: 31, numRuns: 500 },
    );
  });

  it("holds the worst source that the limits admit within what 1,769 MiB leave, but for deep AVIF", () => {
    const small = variantsOf({ name: "small", width: 320 });
    const ofKind = (kind: MemoryKind) =>
      estimateMemoryBytes(aHeader({ kind, width: 7071, height: 7071 }), 20 * MB, small);

    const beyond = KINDS.filter((kind) => ofKind(kind) > 1100 * MB);
    expect(beyond).to.deep.equal(["avif-deep"]);
  });

  it("counts the frames of an animation, where one is made", () => {
    const gif = (frames: number) => aHeader({ format: "gif", kind: "gif", width: 500, height: 500, frames });
    const estimate = (frames: number, animated: boolean) =>
      estimateMemoryBytes(gif(frames), 0, variantsOf({ name: "large", width: 500, animated }));

    // Measured: 337 MB for 190 frames of 500 × 500 from a GIF, 384 MB from a WebP.
    expect(estimate(190, true)).to.be.within(400 * MB, 700 * MB);
    expect(estimate(95, true)).to.be.below(estimate(190, true));
    expect(estimate(190, false)).to.equal(estimate(1, true));
  });

  it("counts a strip as what can be made of it, not as what was asked for", () => {
    const strip = aHeader({ format: "png", kind: "png", width: 762, height: 65_535 });

    // Decoding alone takes 150 MB; at its own size, three formats would take 3 GB more.
    expect(estimateMemoryBytes(strip, 0, variants)).to.be.below(500 * MB);
  });

  it("counts the rows that are held of a wide image", () => {
    const estimate = (kind: MemoryKind, width: number, height: number) =>
      estimateMemoryBytes(aHeader({ kind, width, height }), 0, variants);

    // Measured, of 16 bits with transparency: 464, 299, 222, 147 and 572 MiB; and 462 of a GIF.
    expect(estimate("png", 65_535, 762)).to.be.above(487 * MB);
    expect(estimate("png", 32_767, 1524)).to.be.above(314 * MB);
    expect(estimate("png", 16_383, 3050)).to.be.above(233 * MB);
    expect(estimate("png", 7071, 7071)).to.be.within(154 * MB, 400 * MB);
    expect(estimate("png-interlaced", 65_535, 762)).to.be.above(600 * MB);
    expect(estimate("gif", 65_535, 762)).to.be.above(485 * MB);
  });

  it("counts what is larger than its source", async () => {
    const small = aHeader({ width: 400, height: 300 });
    const estimate = (variant: object, header = small) =>
      estimateMemoryBytes(header, 0, variantsOf({ name: "large", width: 6000, ...variant }));
    const formats = ["jpeg", "webp", "png"] as const;

    // Measured: 247, 207, 152, 251 MB; 486 and 506 in a box of that size.
    const enlarged = { withoutEnlargement: false };
    expect(estimate({ ...enlarged, formats: ["jpeg"] })).to.be.within(247 * MB, 500 * MB);
    expect(estimate({ ...enlarged, formats: ["webp"] })).to.be.within(207 * MB, 500 * MB);
    expect(estimate({ ...enlarged, formats: ["png"] })).to.be.within(152 * MB, 300 * MB);
    expect(estimate({ ...enlarged, formats: ["avif"], width: 3000 })).to.be.within(251 * MB, 400 * MB);
    expect(estimate({ fit: "contain", height: 4500, formats })).to.be.within(486 * MB, 900 * MB);
    expect(estimate({ ...enlarged, fit: "cover", height: 4500, formats })).to.be.within(506 * MB, 900 * MB);
    expect(estimate({ fit: "cover", height: 4500, formats })).to.be.below(50 * MB);
    // 24 frames of 360 × 360 to 1500 × 1500: 354 MB.
    const moving = aHeader({ format: "gif", kind: "gif", width: 360, height: 360, frames: 24 });
    const turning = { ...enlarged, width: 1500, formats: ["webp"] };
    expect(estimate(turning, moving)).to.be.within(354 * MB, 600 * MB);
  });

  it("counts the 16 bits a channel that Display P3 takes on its way", () => {
    const wide = {
      name: "wide",
      width: 4000,
      gamut: "p3" as const,
      formats: ["webp", "jpeg", "png"] as const,
    };

    // Measured, with transparency: 636 MB.
    expect(
      estimateMemoryBytes(aHeader({ kind: "png" }), 0, variantsOf({ ...wide, formats: [...wide.formats] })),
    ).to.be.within(636 * MB, 1000 * MB);
  });

  it("counts a watermark, and the frames that have it", () => {
    const watermark = { image: "mark.png", scale: 1 };
    const estimate = (header: Header, variant: object) =>
      estimateMemoryBytes(header, 0, variantsOf({ name: "marked", width: 4000, watermark, ...variant }));
    const gif = aHeader({ format: "gif", kind: "gif", width: 360, height: 360, frames: 24 });
    const turning = { width: 1500, withoutEnlargement: false, formats: ["webp"] };

    // Measured: 156, 217 and 591 MB; without one, 119, 176 and 354.
    expect(estimate(aHeader(), { formats: ["jpeg"] })).to.be.within(250 * MB, 400 * MB);
    expect(estimate(aHeader(), { formats: ["jpeg", "webp"] })).to.be.within(217 * MB, 500 * MB);
    expect(estimate(gif, turning)).to.be.within(591 * MB, 800 * MB);
    const free = { formats: ["jpeg"], watermark: undefined };
    expect(estimate(aHeader(), { formats: ["jpeg"] }) - estimate(aHeader(), free)).to.be.above(
      12 * 8 * MB - 1,
    );
  });

  it("has an enlargement rejected that no memory could hold, at once", async () => {
    const huge = variantsOf({ name: "huge", width: 16_383, withoutEnlargement: false });
    const { renderBytes } = capacityOf(1769 * 1024 * 1024, limitsOf().maxBytes);
    const needed = estimateMemoryBytes(aHeader({ width: 400, height: 300 }), 1000, huge);

    const refused = await rejection(createMemoryBudget(renderBytes).run(needed, async () => "rendered"));

    expect(refused).to.have.property("code", "MEMORY_BUDGET");
  });

  it("counts the file, and every format that is encoded", () => {
    const estimate = (bytes: number, ...formats: ("avif" | "webp" | "jpeg" | "png")[]) =>
      estimateMemoryBytes(aHeader(), bytes, variantsOf({ name: "large", width: 1920, formats }));

    expect(estimate(5 * MB, "jpeg") - estimate(0, "jpeg")).to.equal(5 * MB);
    expect(estimate(0, "jpeg", "avif") - estimate(0, "jpeg")).to.be.above(1920 * 1440 * 30);
  });
});
