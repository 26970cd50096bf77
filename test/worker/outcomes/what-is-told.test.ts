// The catalog's items and the topic's messages: their names are public, and their size is bounded.
import { expect } from "chai";
import { parseSettings } from "../../../settings/settings.ts";
import { Failure } from "../../../worker/failure.ts";
import { catalogItem } from "../../../worker/outcomes/catalog-item.ts";
import { eventMessage } from "../../../worker/outcomes/event-message.ts";
import type { News } from "../../../worker/outcomes/news.ts";
import type { Manifest } from "../../../worker/reconcile/manifest.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";

const NOW_MS = Date.UTC(2026, 0, 1, 0, 0, 5);
const SEEN = { key: "photos/cat.jpg", seenMs: NOW_MS - 3000 };
const CONTEXT = { sourceBucket: "uploads", destinationBucket: "renditions", workerVersion: "1.2.3" };

const source = {
  etag: "aaaa",
  bytes: 1000,
  versionId: "v1",
  modified: "2025-12-31T23:59:59.000Z",
  metadata: { "upload-batch": "monday" },
};

async function aManifest(key = SEEN.key, recipe = aRecipe()): Promise<Manifest> {
  const world = aWorld({ recipe });
  world.source.set(key, "v1");
  await reconcile({ key, careful: false }, world);
  return JSON.parse(world.destination.text(`${key}/manifest.json`));
}

const rejected = (message: string, fields: Partial<News> = {}) =>
  ({ ...SEEN, outcome: "rejected", source, failure: new Failure("CORRUPT", message), ...fields }) as News;

describe("what is told of an image", () => {
  it("has the names that others rely on, in the catalog and in the message", async () => {
    const manifest = await aManifest();
    const { recipe, placeholder } = manifest;
    const facts = {
      key: "photos/cat.jpg",
      seenAt: "2026-01-01T00:00:02.000Z",
      finishedAt: "2026-01-01T00:00:05.000Z",
      workerVersion: "1.2.3",
      sourceEtag: "aaaa",
      sourceVersionId: "v1",
      uploadedAt: "2025-12-31T23:59:59.000Z",
      uploadBatch: "monday",
      bytes: 1000,
    };
    const set = {
      ...{ format: "jpeg", width: 4000, height: 3000, frames: 1, recipe, placeholder },
      dominantColour: "#336699",
      manifestKey: "photos/cat.jpg/manifest.json",
    };
    const news: News = { ...SEEN, outcome: "rendered", source, manifest };

    const { renditions, statusShard, ...item } = catalogItem(news, "1.2.3", NOW_MS);
    expect(item).to.deep.equal({ status: "rendered", ...facts, ...set });
    expect(statusShard).to.match(/^rendered#[0-9a-f]$/);
    expect(renditions).to.have.length(3);
    expect(JSON.parse(eventMessage(news, CONTEXT, NOW_MS).body)).to.deep.equal({
      ...{ version: 1, outcome: "rendered", ...facts, ...set, renditions: 3 },
      ...CONTEXT,
    });

    const reason = { reason: "CORRUPT", reasonMessage: "It is damaged." };
    const no = rejected("It is damaged.");
    expect(catalogItem(no, "1.2.3", NOW_MS)).to.deep.include({ status: "rejected", ...facts, ...reason });
    expect(JSON.parse(eventMessage(no, CONTEXT, NOW_MS).body)).to.deep.equal({
      ...{ version: 1, outcome: "rejected", ...facts, ...reason },
      ...CONTEXT,
    });
  });

  it("is spread over all shards of a status", () => {
    const shards = Array.from(
      { length: 1000 },
      (_, index) => catalogItem({ ...SEEN, key: `${index}.jpg`, outcome: "removed" }, "", 0).statusShard,
    );
    expect(new Set(shards).size).to.equal(16);
  });

  it("leaves out an upload batch that is none", () => {
    for (const batch of ["", "two words", "é", "x".repeat(129), "a\u0000"]) {
      const metadata = { "upload-batch": batch };
      const item = catalogItem(rejected("no", { source: { ...source, metadata } }), "", NOW_MS);
      expect(item, batch).not.to.have.property("uploadBatch");
    }
  });

  it("fits into an item, whatever recipe the settings take and however long its keys", async () => {
    // As many variants as the settings take, in all formats.
    const formats = ["avif", "webp", "jpeg", "png"];
    const names = Array.from({ length: 100 }, (_, index) => ({
      name: `v${index}`,
      width: 1 + index,
      formats,
    }));
    let count = 1;
    const isTaken = (variants: object[]) => {
      try {
        return parseSettings({ variants }) !== undefined;
      } catch {
        return false;
      }
    };
    while (isTaken(names.slice(0, count + 1))) count += 1;
    const key = "\u{1F4A9}".repeat(240);
    const manifest = await aManifest(key, aRecipe({ variants: names.slice(0, count), immutable: true }));

    const item = catalogItem({ outcome: "rendered", key, seenMs: 0, source, manifest }, "1.2.3", NOW_MS);

    expect(count).to.be.above(10);
    expect(item.renditions).to.have.length(4 * count);
    expect(Buffer.byteLength(JSON.stringify(item))).to.be.below(400 * 1024);
  });

  it("fits into a message, and says what it can in attributes that SNS takes", () => {
    const key = `\u0001${"\u0002".repeat(1023)}`;
    const { body, attributes } = eventMessage(
      rejected("\u{1F4A9}".repeat(100_000), { key }),
      CONTEXT,
      NOW_MS,
    );

    expect(JSON.parse(body).key).to.equal(key);
    expect(Buffer.byteLength(body + JSON.stringify(attributes))).to.be.below(16 * 1024);
    expect(attributes).to.include({ outcome: "rejected", reason: "CORRUPT" });
    expect(attributes.key).to.match(/^\u{FFFD}+$/u);
  });
});
