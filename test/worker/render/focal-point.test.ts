import { expect } from "chai";
import sharp from "sharp";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { render } from "../../../worker/render/render.ts";
import { variantsOf } from "../../support/develop.ts";
import { limitsOf } from "../../support/limits.ts";
import { distance, quarterColours } from "../../support/look-at.ts";
import { BLUE, flatFrames, GREEN, quarters, RED, YELLOW } from "../../support/pictures.ts";

describe("render, with a focal point", () => {
  const square = { name: "one", width: 20, height: 20, fit: "cover", formats: ["png"] } as const;

  async function seen(
    source: Buffer,
    focalPoint: { x: number; y: number },
    position: "centre" | "left" = "centre",
  ) {
    const variants = variantsOf({ ...square, formats: ["png"], position });
    const { images } = await render(source, inspect(source, limitsOf()), variants, { focalPoint });
    expect([images[0]?.width, images[0]?.height]).to.deep.equal([20, 20]);
    return quarterColours(images[0]!.body);
  }

  it("keeps what lies there, before the variant's position", async () => {
    const wide = await quarters(120, 20).png().toBuffer();

    expect(distance((await seen(wide, { x: 0.1, y: 0.5 }))[1]!, RED)).to.be.below(5);
    expect(distance((await seen(wide, { x: 0.9, y: 0.5 }, "left"))[0]!, GREEN)).to.be.below(5);
    const tall = await quarters(20, 120).png().toBuffer();
    expect(distance((await seen(tall, { x: 0.5, y: 0 }))[2]!, RED)).to.be.below(5);
    expect(distance((await seen(tall, { x: 0.5, y: 1 }))[0]!, BLUE)).to.be.below(5);
  });

  it("has it in the middle where the edges allow", async () => {
    const wide = await quarters(120, 20).png().toBuffer();

    const [left, right] = await seen(wide, { x: 0.5, y: 0.5 });
    expect(distance(left!, RED)).to.be.below(5);
    expect(distance(right!, GREEN)).to.be.below(5);
  });

  it("counts from the upright image's corner", async () => {
    // Stored on its side: seen, red and blue change places with their neighbours.
    const turned = await quarters(20, 120).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();

    expect(distance((await seen(turned, { x: 0, y: 0.5 }))[0]!, BLUE)).to.be.below(25);
    expect(distance((await seen(turned, { x: 1, y: 0.5 }))[3]!, GREEN)).to.be.below(25);
  });

  it("means nothing to other fits, and the same for every frame", async () => {
    const wide = await quarters(120, 20).png().toBuffer();
    const header = inspect(wide, limitsOf());
    const inside = variantsOf({ name: "one", width: 60, formats: ["png"] });
    const { images } = await render(wide, header, inside, { focalPoint: { x: 0, y: 0 } });
    expect(distance((await quarterColours(images[0]!.body))[3]!, YELLOW)).to.be.below(15);

    const moving = await flatFrames(60, 20, 3).gif().toBuffer();
    const animated = await render(
      moving,
      inspect(moving, limitsOf()),
      variantsOf({ ...square, formats: ["webp"] }),
      { focalPoint: { x: 0.2, y: 0.2 } },
    );
    const { width, height, pages } = await sharp(animated.images[0]!.body).metadata();
    expect({ width, height, pages }).to.deep.equal({ width: 20, height: 20, pages: 3 });
  });
});
