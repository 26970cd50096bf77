import { expect } from "chai";
import { recipeOf, variantsFor } from "../../settings/recipe.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import { parseSettings } from "../../settings/settings.ts";
import { SHIPPED_NAMES } from "../../settings/shipped-variants.ts";

const recipe = (fields: Record<string, unknown>) => recipeOf(parseSettings(fields));
const problems = (fields: Record<string, unknown>) => {
  try {
    parseSettings(fields);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  throw new Error("Expected the settings to be refused.");
};

describe("variantsFor", () => {
  it("takes the first preset that matches, else the variants for all", () => {
    const { presets, variants, ...rest } = recipe({
      presets: [
        { match: "avatars/**", variants: "avatar" },
        { match: "**/*.png", variants: [{ name: "own", width: 7 }] },
      ],
    });
    const names = (key: string) => variantsFor({ presets, variants, ...rest }, key).map(({ name }) => name);

    expect(names("avatars/a/b.png")).to.deep.equal(["avatar-64", "avatar-128", "avatar-256", "avatar-512"]);
    expect(names("other/b.png")).to.deep.equal(["own"]);
    expect(names("b.jpg")).to.deep.equal(["thumbnail", "medium", "large"]);
  });

  for (const name of SHIPPED_NAMES) {
    it(`ships ${name}, ready to be named, in no more bytes of settings than its name takes`, () => {
      const named = recipe({ presets: [{ match: "**", variants: name }] });

      const variants = variantsFor(named, "a.jpg");
      expect(variants).to.not.be.empty;
      for (const variant of variants)
        expect(variant).to.include.keys("fit", "formats", "metadata", "neverLarger");
      expect(JSON.stringify(named.presets).length).to.be.below(60);
    });
  }

  it("fills in what a variant leaves to the recipe", () => {
    const variants = [
      { name: "a", width: 1 },
      { name: "b", width: 1, metadata: "none", neverLarger: true },
    ];
    const filled = variantsFor(recipe({ metadata: "copyright", neverLarger: false, variants }), "a.jpg");

    expect(filled.map(({ metadata, neverLarger }) => [metadata, neverLarger])).to.deep.equal([
      ["copyright", false],
      ["none", true],
    ]);
  });

  it("does not make a set outdated by what goes without saying", () => {
    const variants = [{ name: "a", width: 1 }];
    const hashOf = (fields: Record<string, unknown>) => recipeHash(variantsFor(recipe(fields), "a.jpg"));

    // Of the first release.
    expect(hashOf({})).to.equal("84ac9413b0605025");
    expect(hashOf({ variants })).to.equal(hashOf({ variants: [{ ...variants[0], gamut: "srgb" }] }));
    expect(hashOf({ gamut: "p3", variants: [{ ...variants[0], gamut: "srgb" }] })).to.equal(
      hashOf({ variants }),
    );
    expect(hashOf({ gamut: "p3", variants })).to.equal(
      hashOf({ variants: [{ ...variants[0], gamut: "p3" }] }),
    );
    expect(hashOf({ gamut: "p3", variants })).to.not.equal(hashOf({ variants }));
  });

  it("takes a quality for all formats, or one for each", () => {
    const qualities = [70, { avif: 40, jpeg: 90 }];
    const variants = qualities.map((quality, index) => ({ name: `v${index}`, width: 1, quality }));

    expect(recipe({ variants }).variants.map(({ quality }) => quality)).to.deep.equal(qualities);
  });

  it("says what is wrong, and where", () => {
    const wrong = {
      presets: [{ match: "**", variants: "avatars" }],
      variants: [
        { name: "a", width: 1, quality: { webp: 101 } },
        { name: "b", width: 1, quality: 0 },
        { name: "c", width: 1, metadata: "all" },
      ],
    };

    expect(problems(wrong)).to.deep.equal([
      `Expected one of ${SHIPPED_NAMES.join(", ")} for darkroom:presets.0.variants, but received "avatars".`,
      "Expected a whole number from 1 to 100 for darkroom:variants.0.quality.webp, but received 101.",
      "Expected a whole number from 1 to 100 for darkroom:variants.1.quality, but received 0.",
      'Expected one of none, copyright, all-but-location for darkroom:variants.2.metadata, but received "all".',
    ]);
    const nested = { presets: [{ match: "**", variants: [{ name: "a", width: 0 }] }] };
    expect(problems(nested)).to.deep.equal([
      "Expected a whole number from 1 to 16383 pixels for darkroom:presets.0.variants.0.width, but received 0.",
    ]);
  });
});
