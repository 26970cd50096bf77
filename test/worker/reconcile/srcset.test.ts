import { expect } from "chai";
import type { Rendition } from "../../../worker/reconcile/manifest.ts";
import { srcsets } from "../../../worker/reconcile/srcset.ts";

function aRendition(fields: Partial<Rendition> = {}): Rendition {
  const { key = "cat.jpg/small.webp" } = fields;
  const facts = { variant: "small", format: "webp", width: 320, height: 240, bytes: 1 } as const;
  return { key, ...facts, etag: "e", sha256: "s", recipe: "r", ...fields };
}

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

  it("keeps a width whose other rendition is cropped to another shape", () => {
    expect(srcsets([sized(320, 320, "a"), sized(320, 240, "b"), sized(1920, 1440)]).webp).to.equal(
      "cat.jpg/b.webp 320w, cat.jpg/1920.webp 1920w",
    );
  });

  it("encodes what would end a candidate", () => {
    const rendition = aRendition({ key: "my photos/a, b.jpg/small.webp" });

    expect(srcsets([rendition]).webp).to.equal("my%20photos/a%2C%20b.jpg/small.webp 320w");
  });
});
