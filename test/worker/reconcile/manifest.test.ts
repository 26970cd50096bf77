import { expect } from "chai";
import {
  folderOf,
  isRenditionIn,
  isRevisionFolder,
  longestKeyBytes,
  MAX_KEY_BYTES,
  manifestKey,
  renditionKey,
  revisionFolder,
} from "../../../worker/reconcile/keys.ts";
import {
  type Manifest,
  manifestJson,
  parseManifest,
  type Rendition,
} from "../../../worker/reconcile/manifest.ts";
import { canonicalJson, recipeHash, variantHash } from "../../../worker/reconcile/recipe-hash.ts";
import { srcsets } from "../../../worker/reconcile/srcset.ts";
import { aRecipe } from "../../support/small-world.ts";

function aRendition(fields: Partial<Rendition> = {}): Rendition {
  const { key = "cat.jpg/small.webp" } = fields;
  const facts = { variant: "small", format: "webp", width: 320, height: 240, bytes: 1 } as const;
  return { key, ...facts, etag: "e", sha256: "s", recipe: "r", ...fields };
}

function aManifest(fields: Partial<Manifest> = {}): Manifest {
  const sides = { width: 4000, height: 3000, frames: 1, orientation: 1 };
  return {
    version: 1,
    source: { key: "cat.jpg", etag: "e", bytes: 9, format: "jpeg", ...sides },
    recipe: "r",
    workerVersion: "1.2.3",
    placeholder: "p",
    dominantColour: "#336699",
    renditions: [aRendition()],
    ...fields,
  };
}

describe("manifest", () => {
  it("comes back as it was written", () => {
    expect(parseManifest(manifestJson(aManifest()))).to.deep.equal(aManifest());
  });

  it("has a ready srcset", () => {
    expect(JSON.parse(manifestJson(aManifest())).srcset).to.deep.equal({ webp: "cat.jpg/small.webp 320w" });
  });

  for (const text of ["", "[]", "{", '{"version":2}', '{"version":1}']) {
    it(`is not read from ${JSON.stringify(text)}`, () => {
      expect(parseManifest(text)).to.equal(undefined);
    });
  }
});

describe("srcsets", () => {
  const sized = (width: number, height: number, name = `${width}`) =>
    aRendition({ key: `cat.jpg/${name}.webp`, width, height });

  it("lists one format's renditions from narrow to wide", () => {
    const jpeg = aRendition({ key: "cat.jpg/640.jpeg", format: "jpeg", width: 640, height: 480 });

    expect(srcsets([sized(640, 480), sized(320, 240), jpeg])).to.deep.equal({
      webp: "cat.jpg/320.webp 320w, cat.jpg/640.webp 640w",
      jpeg: "cat.jpg/640.jpeg 640w",
    });
  });

  it("names each width once", () => {
    expect(srcsets([sized(320, 240, "a"), sized(320, 240, "b")]).webp).to.equal("cat.jpg/a.webp 320w");
  });

  it("leaves out what is cropped to another shape", () => {
    expect(srcsets([sized(320, 320), sized(641, 480), sized(1920, 1440)]).webp).to.equal(
      "cat.jpg/641.webp 641w, cat.jpg/1920.webp 1920w",
    );
  });

  it("encodes what would end a candidate", () => {
    const rendition = aRendition({ key: "my photos/a, b.jpg/small.webp" });

    expect(srcsets([rendition]).webp).to.equal("my%20photos/a%2C%20b.jpg/small.webp 320w");
  });
});

describe("keys", () => {
  it("lie in a folder named like the source", () => {
    expect(renditionKey(folderOf("photos/cat.jpg"), "small", "webp")).to.equal("photos/cat.jpg/small.webp");
    expect(manifestKey("photos/cat.jpg")).to.equal("photos/cat.jpg/manifest.json");
  });

  it("are told from everything else in that folder", () => {
    expect(isRenditionIn("cat.jpg/", "cat.jpg/small-2.avif")).to.equal(true);
    for (const key of [
      "cat.jpg/manifest.json",
      "cat.jpg/small.txt",
      "cat.jpg/a/b.webp",
      "dog.jpg/small.webp",
    ]) {
      expect(isRenditionIn("cat.jpg/", key), key).to.equal(false);
    }
  });

  it("are measured in bytes", () => {
    const { variants } = aRecipe({ variants: [{ name: "a-long-name-of-a-variant", width: 1 }] });

    expect(longestKeyBytes("ä", variants, aRecipe())).to.equal(2 + "/a-long-name-of-a-variant.avif".length);
    expect(longestKeyBytes("ä", [], aRecipe())).to.equal(2 + "/manifest.json".length);
    const immutable = longestKeyBytes("ä", variants, aRecipe({ immutable: true }));
    expect(immutable).to.equal(2 + "/0123456789abcdef/a-long-name-of-a-variant.avif".length);
    expect(MAX_KEY_BYTES).to.equal(1024);
  });

  it("of immutable renditions are others for each source, recipe and generation", () => {
    const recipe = aRecipe({ immutable: true });
    const other = aRecipe({ immutable: true, variants: [{ name: "large", width: 1919 }] });
    const folder = (etag: string, { variants } = recipe, generation = 1) =>
      revisionFolder("a/cat.jpg", etag, variants, generation);

    expect(folder("v1"))
      .to.match(/^a\/cat\.jpg\/[0-9a-f]{16}\/$/)
      .and.to.equal(folder("v1"));
    const folders = [folder("v1"), folder("v2"), folder("v1", other), folder("v1", recipe, 2)];
    expect(new Set(folders).size).to.equal(4);
    expect(isRevisionFolder("a/cat.jpg", folder("v1"))).to.equal(true);
    for (const name of ["a/cat.jpg/", "a/cat.jpg/inner.jpg/", "b/0123456789abcdef/"]) {
      expect(isRevisionFolder("a/cat.jpg", name), name).to.equal(false);
    }
  });
});

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
