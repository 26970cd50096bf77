import { expect } from "chai";
import {
  type Manifest,
  manifestJson,
  parseManifest,
  type Rendition,
} from "../../../worker/reconcile/manifest.ts";

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
