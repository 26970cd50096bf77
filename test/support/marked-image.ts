// A real, small JPEG; with a mark behind its end, the renderer of test/worker/isolation/fixtures/ misbehaves as marked.
import { fileURLToPath } from "node:url";
import sharp from "sharp";

export const markedRenderer = fileURLToPath(
  new URL("../worker/isolation/fixtures/marked-renderer.ts", import.meta.url),
);

export async function anImage(mark?: string): Promise<Buffer> {
  const create = { width: 64, height: 48, channels: 3, background: "#336699" } as const;
  const image = await sharp({ create }).jpeg().toBuffer();
  return mark === undefined ? image : Buffer.concat([image, Buffer.from(`darkroom-test:${mark}`)]);
}
