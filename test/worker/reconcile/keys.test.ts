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
import { aRecipe } from "../../support/small-world.ts";

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
