// The same source and variants give the same bytes: twice, and in a process whose libvips would use more threads: with
// MALLOC_ARENA_MAX set, sharp takes memory for safe and one thread per core as its default.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import type { RenderedImage } from "../../../worker/render/encode.ts";
import { develop } from "../../support/develop.ts";
import { grain } from "../../support/pictures.ts";

const CHILD = new URL("fixtures/render-once.ts", import.meta.url);

const digests = (images: readonly RenderedImage[]) =>
  images.map(
    ({ variant, format, body }) => `${variant}.${format} ${createHash("sha256").update(body).digest("hex")}`,
  );

describe("render, repeated", () => {
  it("gives the same bytes, in any process", async () => {
    const source = await sharp(await grain(160, 120).png().toBuffer())
      .resize(640)
      .jpeg({ quality: 90 })
      .toBuffer();
    const variants = [
      {
        name: "large",
        width: 600,
        formats: ["avif", "webp", "jpeg", "png"] as ("avif" | "webp" | "jpeg" | "png")[],
      },
      { name: "small", width: 90, height: 90, fit: "cover" as const, position: "attention" as const },
    ];

    const here = digests((await develop(source, ...variants)).images);
    const again = digests((await develop(source, ...variants)).images);
    const child = promisify(execFile)(process.execPath, [CHILD.pathname, JSON.stringify(variants)], {
      env: { ...process.env, MALLOC_ARENA_MAX: "2", UV_THREADPOOL_SIZE: "8" },
    });
    child.child.stdin?.end(source);
    const elsewhere: string[] = JSON.parse((await child).stdout);

    expect(here).to.have.lengthOf(7);
    expect(again).to.deep.equal(here);
    expect(elsewhere).to.deep.equal(here);
  });
});
