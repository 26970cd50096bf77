// handler.ts itself, as Lambda runs it, with real images.
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { createObjectStore } from "../../worker/aws/object-store.ts";
import { startFunction, type TestFunction } from "../support/a-function.ts";
import { extractMetrics } from "../support/embedded-metrics.ts";
import { distance, quarterColours } from "../support/look-at.ts";
import { GREEN, quarters, RED } from "../support/pictures.ts";

const RECIPE = {
  variants: [
    { name: "large", width: 300, formats: ["avif", "webp", "jpeg"] },
    { name: "square", width: 50, height: 50, fit: "cover", formats: ["png"] },
  ],
};

describe("handler", () => {
  let worker: TestFunction;

  before(async () => {
    const load = async () => (await import("../../worker/handler.ts")).handler;
    worker = await startFunction({ recipe: RECIPE, load });
  });
  after(() => worker.stop());

  it("turns an upload into the renditions of the recipe and a manifest that describes them", async () => {
    const photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: "#336699" } })
      .jpeg()
      .toBuffer();
    await worker.upload("photos/my cat.jpg", photo);

    const { answer, lines } = await worker.announce("photos/my cat.jpg");

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect(lines[0]).to.include({
      event: "rendered",
      key: "photos/my cat.jpg",
      renditions: 4,
      bytesIn: photo.length,
    });
    const manifest = JSON.parse((await worker.rendition("photos/my cat.jpg/manifest.json")).bytes.toString());
    expect(manifest.source).to.include({ width: 400, height: 300, format: "jpeg", bytes: photo.length });
    expect(manifest.renditions).to.have.length(4);
    for (const { key, width, height, format, bytes } of manifest.renditions) {
      const stored = await worker.rendition(key);
      const { width: w, height: h, format: f, compression } = await sharp(stored.bytes).metadata();
      expect([w, h, f === "heif" ? compression : f], key).to.deep.equal([
        width,
        height,
        format === "avif" ? "av1" : format,
      ]);
      expect(stored.bytes.length).to.equal(bytes);
      expect(stored.contentType).to.equal(`image/${format}`);
    }
    expect(manifest.srcset.webp).to.equal("photos/my%20cat.jpg/large.webp 300w");
    const measured = (name: string) => extractMetrics(lines)[`${name} FunctionName=worker`] ?? [];
    expect([measured("Rendered"), measured("BytesIn")]).to.deep.equal([[1], [photo.length]]);
    for (const name of ["RenderMs", "QueueLatencyMs"]) expect(measured(name), name).to.have.length(1);
  });

  it("crops around the focal point that the uploader named, and around another when the same bytes come again", async () => {
    const Body = await quarters(300, 50).png().toBuffer();
    for (const [point, colour] of [
      ["0.1,0.5", RED],
      ["0.9,0.5", GREEN],
    ] as const) {
      const Metadata = { "focal-point": point };
      await worker.s3.send(new PutObjectCommand({ Bucket: "uploads", Key: "wide.png", Body, Metadata }));

      const { lines } = await worker.announce("wide.png");

      expect(lines[0]).to.include({ event: "rendered" });
      const { bytes } = await worker.rendition("wide.png/square.png");
      const [left, right] = await quarterColours(bytes);
      for (const seen of [left, right]) expect(distance(seen ?? [], colour), point).to.be.below(5);
    }
  });

  it("costs nothing the second time", async () => {
    const { lines } = await worker.announce("photos/my cat.jpg");

    expect(lines[0]).to.include({ event: "unchanged", key: "photos/my cat.jpg" });
  });

  it("sends what is no image to the dead-letter queue with its reason, and does the others of the batch", async () => {
    const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await worker.upload("good.png", photo);
    await worker.upload("text.jpg", Buffer.from("this is no image"));

    const { answer } = await worker.announce("good.png", "text.jpg");

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect((await worker.rendition("good.png/square.png")).bytes.length).to.be.above(0);
    expect([...(await worker.deadLetters())]).to.deep.equal([["text.jpg", "UNSUPPORTED_FORMAT"]]);
  });

  it("removes the set of a removed source", async () => {
    const uploads = createObjectStore(worker.s3, "uploads");
    const source = await uploads.head("good.png");
    if (source === "absent") throw new Error(source);
    await uploads.delete("good.png", { ifMatch: source.etag });

    const { lines } = await worker.announce("good.png");

    expect(lines[0]).to.include({ event: "removed", renditions: 4 });
  });
});
