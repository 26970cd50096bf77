import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { withWatermarks } from "../../infra/watermarks.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import { parseSettings } from "../../settings/settings.ts";
import { type MarkFolder, marksFolder } from "../support/a-mark.ts";
import { rejection } from "../support/rejection.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const code = new pulumi.asset.FileArchive("an/artifact");

describe("watermarks", () => {
  let marks: MarkFolder;

  before(() => {
    marks = marksFolder();
  });
  after(() => marks.remove());

  const withMark = (image: string, fields: object = {}) => ({
    variants: [{ name: "a", width: 100, watermark: { image } }],
    ...fields,
  });
  const hashOf = (image: string) => {
    const { settings } = withWatermarks(parseSettings(withMark(image)), code);
    return recipeHash(settings.variants);
  };

  it("travel with the worker, named by their content", async () => {
    const image = await marks.mark("logo.png", { width: 30, height: 10 });
    const copy = await marks.mark("copy.png", { width: 30, height: 10 });
    const presets = [
      { match: "a/**", variants: [{ name: "b", width: 50, watermark: { image: copy, opacity: 1 } }] },
      { match: "b/**", variants: "avatar" },
    ];

    const run = await declareDarkroom(withMark(image, { presets }));

    const { environment, code: declared } = run.one("aws:lambda/function:Function").inputs;
    const recipe = JSON.parse(environment.variables.DARKROOM_RECIPE);
    const [pinned, inPreset] = [recipe.variants[0].watermark, recipe.presets[0].variants[0].watermark];
    expect(pinned.image).to.match(/^marks\/[0-9a-f]{16}\.png$/);
    expect(pinned).to.include({ gravity: "southeast", opacity: 0.5 });
    expect(inPreset).to.include({ image: pinned.image, opacity: 1 });
    expect(recipe.presets[1].variants).to.equal("avatar");
    const assets = await declared.assets;
    expect(Object.keys(assets)).to.have.members([".", pinned.image]);
  });

  it("make every set anew when the file has another picture, and only then", async () => {
    const image = await marks.mark("changing.png", { width: 30, height: 10 });
    const before = hashOf(image);
    expect(hashOf(await marks.mark("elsewhere.png", { width: 30, height: 10 }))).to.equal(before);

    await marks.mark("changing.png", { width: 31, height: 10 });

    expect(hashOf(image)).to.not.equal(before);
  });

  it("leave everything as it is where there are none", () => {
    const settings = parseSettings({});
    expect(withWatermarks(settings, code)).to.deep.equal({ settings, code });
  });

  it("are all checked before anything is declared", async () => {
    const png = await marks.mark("good.png", { width: 300, height: 300 });
    const whole = readFileSync(png);
    const damaged = Buffer.from(whole);
    damaged[50] = damaged[50]! ^ 1;
    const wrong = [
      marks.write("cut.png", whole.subarray(0, -12)),
      marks.write("damaged.png", damaged),
      marks.write("text.png", "no picture"),
      marks.write("empty.png", ""),
      marks.write("heavy.png", Buffer.concat([whole, Buffer.alloc(1024 * 1024)])),
      await marks.mark("wide.png", { width: 2049, height: 1 }),
      `${marks.path}/none.png`,
      marks.path.concat("/folder.png"),
    ];
    marks.write("folder.png/file", "x");
    const variants = [png, ...wrong].map((image, index) => ({
      name: `v${index}`,
      width: 9,
      watermark: { image },
    }));

    const refused = (await rejection(declareDarkroom({ variants }))) as Error;

    const [title, ...problems] = refused.message.split("\n  ");
    expect(title).to.equal("The settings of this stack are wrong:");
    expect(problems).to.have.lengthOf(wrong.length);
    for (const [index, problem] of problems.entries()) {
      expect(problem).to.include(
        `Expected a whole PNG file of at most 1048576 bytes and 2048 pixels a side for darkroom:variants.${index + 1}.watermark.image, but received`,
      );
    }
  });

  it("are said wrong with the rest of the settings", () => {
    const watermark = { image: "logo.jpg", gravity: "down", scale: 2, opacity: 0, margin: 0.6, size: 1 };
    expect(() => parseSettings({ variants: [{ name: "a", width: 1, watermark }] }))
      .to.throw()
      .with.property("problems")
      .that.deep.equals([
        'Expected the path of a .png file for darkroom:variants.0.watermark.image, but received "logo.jpg".',
        'Expected one of centre, north, northeast, east, southeast, south, southwest, west, northwest for darkroom:variants.0.watermark.gravity, but received "down".',
        "Expected a number from 0.01 to 1 for darkroom:variants.0.watermark.scale, but received 2.",
        "Expected a number from 0.01 to 1 for darkroom:variants.0.watermark.opacity, but received 0.",
        "Expected a number from 0 to 0.5 for darkroom:variants.0.watermark.margin, but received 0.6.",
        "Expected no setting for darkroom:variants.0.watermark.size, but received 1.",
      ]);
  });
});
