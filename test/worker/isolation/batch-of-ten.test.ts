// An image that crashes, hangs or eats memory costs its own message and no other: the whole function over the wire, real
// rendering in real processes, a renderer that misbehaves for marked images.
import { existsSync } from "node:fs";
import { expect } from "chai";
import { createHandler } from "../../../worker/create-handler.ts";
import { readEnvironment } from "../../../worker/environment.ts";
import { residentBytes } from "../../../worker/isolation/resident-memory.ts";
import { startFunction, type TestFunction } from "../../support/a-function.ts";
import { anImage, markedRenderer } from "../../support/marked-image.ts";

const RECIPE = {
  variants: [{ name: "small", width: 32, formats: ["webp", "jpeg"] }],
  limits: { maxBytes: 10_000 },
};
const hasMemoryFigures = existsSync("/proc/self/status");

describe("a batch with images that misbehave", () => {
  let worker: TestFunction;

  beforeEach(async () => {
    const load = async () => createHandler(readEnvironment(), markedRenderer);
    // 4 of the 19 seconds are for settling, and a third of the others is what one image may take.
    const memoryMiB = 450 + Math.ceil(residentBytes(process.pid) / 1024 ** 2);
    worker = await startFunction({ recipe: RECIPE, load, memoryMiB, remainingMs: 19_000 });
  });
  afterEach(() => worker.stop());

  async function uploadAll(images: Record<string, string | undefined>): Promise<string[]> {
    for (const [key, mark] of Object.entries(images)) await worker.upload(key, await anImage(mark));
    return Object.keys(images);
  }

  async function expectSet(key: string): Promise<void> {
    const { bytes } = await worker.rendition(`${key}/manifest.json`);
    expect(JSON.parse(bytes.toString()).renditions, key).to.have.length(2);
  }

  it("completes the seven others in the same invocation, and has three dead letters after one receive", async () => {
    const bad: Record<string, string> = { "hangs.jpg": "hang", "crashes.jpg": "crash" };
    if (hasMemoryFigures) bad["eats.jpg"] = "eat-memory";
    const good = Array.from({ length: 7 }, (_, index) => `good-${index}.jpg`);
    const keys = await uploadAll({ ...bad, ...Object.fromEntries(good.map((key) => [key, undefined])) });

    const { answer, lines } = await worker.announce(...keys);

    expect(answer, JSON.stringify(lines)).to.deep.equal({ batchItemFailures: [] });
    for (const key of good) await expectSet(key);
    expect(await worker.messagesLeft(), "for Lambda to delete").to.equal(1);
    expect(Object.fromEntries(await worker.deadLetters())).to.deep.equal({
      "hangs.jpg": "RENDER_TIMEOUT",
      "crashes.jpg": "RENDER_CRASHED",
      ...(hasMemoryFigures && { "eats.jpg": "MEMORY_BUDGET" }),
    });
  });

  it("does not blame an image for what an earlier one did to the renderer", async () => {
    const keys = await uploadAll({ "first.jpg": "damage", "second.jpg": undefined, "third.jpg": undefined });

    for (const key of keys) expect((await worker.announce(key)).answer.batchItemFailures).to.deep.equal([]);

    for (const key of keys) await expectSet(key);
    expect(await worker.deadLetters()).to.have.property("size", 0);
  });

  it("does not blame an image for what earlier ones left behind in memory", async function () {
    if (!hasMemoryFigures) this.skip();
    const images = Array.from({ length: 10 }, (_, index) => [`${index}.jpg`, "leak"]);
    const keys = await uploadAll(Object.fromEntries(images)); // 1,000 MB in all, where 450 MiB are free

    const { answer } = await worker.announce(...keys);

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    for (const key of keys) await expectSet(key);
    expect(await worker.deadLetters()).to.have.property("size", 0);
  });
});
