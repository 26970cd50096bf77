import { expect } from "chai";
import { variantsFor } from "../../settings/recipe.ts";
import { parseRecipe } from "../../settings/settings.ts";

function variantOf(presets: string[], key: string): string | undefined {
  const recipe = parseRecipe(
    JSON.stringify({
      presets: presets.map((match, index) => ({ match, variants: [{ name: `preset-${index}`, width: 1 }] })),
      variants: [{ name: "rest", width: 1 }],
    }),
    "recipe",
  );
  const variants = variantsFor(recipe, key);
  expect(variants).to.have.length(1);
  return variants[0]?.name;
}

describe("The variants for a key", () => {
  it("are those of the first preset that matches", () => {
    const presets = ["avatars/vip/*", "avatars/**", "**/*.png"];
    expect(variantOf(presets, "avatars/vip/a.png")).to.equal("preset-0");
    expect(variantOf(presets, "avatars/a.png")).to.equal("preset-1");
    expect(variantOf(presets, "b/c/a.png")).to.equal("preset-2");
    expect(variantOf(presets.toReversed(), "avatars/vip/a.png")).to.equal("preset-0");
  });

  it("are those without a preset when none matches", () => {
    expect(variantOf([], "a.jpg")).to.equal("rest");
    expect(variantOf(["*.png"], "a.jpg")).to.equal("rest");
  });

  for (const [match, key, matches] of [
    ["a/*", "a/b.jpg", true],
    ["a/*", "a/b/c.jpg", false],
    ["a/**", "a/b/c.jpg", true],
    ["*.jpg", "a/b.jpg", false],
    ["**/*.jpg", "b.jpg", true],
    ["*.{jpg,png}", "b.png", true],
    ["*.jpg", "b.JPG", false],
    ["*.jpg", ".hidden.jpg", true],
    ["a/**", "a/.trash/b.jpg", true],
    ["photo?.jpg", "photo1.jpg", true],
    ["[ab].jpg", "c.jpg", false],
  ] as const) {
    it(`${match} ${matches ? "matches" : "does not match"} ${key}`, () => {
      expect(variantOf([match], key)).to.equal(matches ? "preset-0" : "rest");
    });
  }
});
