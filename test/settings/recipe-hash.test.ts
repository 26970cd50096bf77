import { expect } from "chai";
import { canonicalJson, recipeHash, variantHash } from "../../settings/recipe-hash.ts";
import { aRecipe } from "../support/small-world.ts";

describe("recipeHash", () => {
  const { variants } = aRecipe();

  it("is the same for the same recipe, however its fields are ordered", () => {
    const reversed = variants.map((variant) => Object.fromEntries(Object.entries(variant).toReversed()));

    expect(recipeHash(reversed as typeof variants)).to.equal(recipeHash(variants));
  });

  it("differs where the images would", () => {
    const [first = variants[0]!] = variants;
    const hashes = [first, { ...first, quality: 50 }, { ...first, formats: ["webp" as const] }].map(
      variantHash,
    );

    expect(new Set(hashes).size).to.equal(3);
  });

  it("stays what it was: another value makes every set in the world outdated", () => {
    expect(recipeHash(variants)).to.equal("050bbae663bb13ae");
  });

  it("rests on JSON with sorted names", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).to.equal('{"a":null,"b":[{"c":2,"d":1}]}');
  });
});
