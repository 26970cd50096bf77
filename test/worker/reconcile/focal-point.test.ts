// The focal point travels with the object, not with its bytes: a new one has the etag of the old.
import { expect } from "chai";
import { parseFocalPoint } from "../../../worker/reconcile/focal-point.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import type { World } from "../../../worker/reconcile/world.ts";
import { hooked, pauseAt, type StoreRequest } from "../../support/hooked-store.ts";
import { aRecipe, aWorld, type SmallWorld } from "../../support/small-world.ts";

describe("parseFocalPoint", () => {
  it("reads two shares, and nothing else", () => {
    expect(parseFocalPoint("0.3,0.8")).to.deep.equal({ x: 0.3, y: 0.8 });
    expect(parseFocalPoint(" 0 , 1 ")).to.deep.equal({ x: 0, y: 1 });
    expect(parseFocalPoint(".5,1.0")).to.deep.equal({ x: 0.5, y: 1 });
    for (const text of [
      undefined,
      "",
      "0.3",
      "0.3,1.1",
      "-0.1,0",
      "a,b",
      "0.3,0.8,0.1",
      "30%,80%",
      "1e9,0",
    ]) {
      expect(parseFocalPoint(text), text).to.equal(undefined);
    }
  });
});

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const SQUARE = { name: "square", width: 50, height: 50, fit: "cover", formats: ["webp"] };
const WHOLE = { name: "whole", width: 320, formats: ["webp"] };

/** A rendition that crops says around what. */
const renderAround: World["render"] = async (source, _header, variants, { focalPoint } = {}) => {
  const images = variants.map(({ name, fit }) => ({
    variant: name,
    format: "webp" as const,
    width: 50,
    height: 50,
    body: Buffer.from(
      `${name} of ${source.length}, ${fit === "cover" ? JSON.stringify(focalPoint) : "whole"}`,
    ),
    contentType: "image/webp",
  }));
  return { images, placeholder: "", dominantColour: "#336699" };
};

function aCroppingWorld(fields: Record<string, unknown> = {}): SmallWorld {
  return aWorld({ recipe: aRecipe({ variants: [SQUARE, WHOLE], ...fields }), render: renderAround });
}

function manifestOf({ destination }: SmallWorld) {
  return JSON.parse(destination.text(`${KEY}/manifest.json`));
}

/** What the set's square was cropped around, as the manifest and as the rendition say. */
function centre(world: SmallWorld) {
  const { source, renditions } = manifestOf(world);
  const { key } = renditions.find(({ variant }: { variant: string }) => variant === "square");
  const said = world.destination.text(key).replace("square of 2, ", "");
  expect(said).to.equal(String(JSON.stringify(source.focalPoint)));
  return source.focalPoint;
}

const upload = (world: SmallWorld, point?: string) =>
  world.source.set(KEY, "v1", point === undefined ? {} : { "focal-point": point });

for (const immutable of [false, true]) {
  describe(`reconcile, with a focal point${immutable ? " and immutable renditions" : ""}`, () => {
    it("crops around the one that the source has", async () => {
      const world = aCroppingWorld({ immutable });
      upload(world, "0.3,0.8");

      await reconcile(trusting, world);

      expect(centre(world)).to.deep.equal({ x: 0.3, y: 0.8 });
      expect(await reconcile(trusting, world)).to.deep.equal({ event: "unchanged" });
    });

    it("notices one that is new, another, or gone, though the bytes are the same", async () => {
      const world = aCroppingWorld({ immutable });
      for (const [point, expected] of [
        [undefined, undefined],
        ["0.3,0.8", { x: 0.3, y: 0.8 }],
        ["1,0", { x: 1, y: 0 }],
        ["nonsense", undefined],
      ] as const) {
        upload(world, point);

        await reconcile(trusting, world);

        expect(centre(world), point).to.deep.equal(expected);
        world.destination.writes = 0;
        expect(await reconcile(trusting, world), point).to.deep.equal({ event: "unchanged" });
        expect(await reconcile({ key: KEY, careful: true }, world)).to.deep.equal({ event: "unchanged" });
        expect(world.destination.writes).to.equal(0);
      }
    });

    it("ends with the newest, however late the other's worker is", async () => {
      for (const late of ["square.webp", "manifest.json"]) {
        const world = aCroppingWorld({ immutable });
        upload(world, "0,0");
        const { hook, reached, release } = pauseAt(
          ({ operation, key }) => operation === "put" && key.endsWith(late),
        );
        const frozen = reconcile(trusting, { ...world, destination: hooked(world.destination, hook) });
        await reached;
        upload(world, "1,1");
        await reconcile(trusting, world);

        release();
        await frozen;

        expect(centre(world), late).to.deep.equal({ x: 1, y: 1 });
      }
    });

    it("looks again when it changes while the image is rendered", async () => {
      const world = aCroppingWorld({ immutable });
      upload(world, "0,0");
      const render: World["render"] = async (...asked) => {
        upload(world, "1,1");
        return renderAround(...asked);
      };

      await reconcile(trusting, { ...world, render });

      expect(centre(world)).to.deep.equal({ x: 1, y: 1 });
    });
  });
}

describe("reconcile, with a focal point and immutable renditions", () => {
  it("gives another crop another key, even when no manifest ever told of the first", async () => {
    const world = aCroppingWorld({ immutable: true });
    upload(world, "0,0");
    const die = ({ operation, key }: StoreRequest) => {
      if (operation === "put" && key.endsWith("manifest.json")) throw new Error("The worker died.");
    };
    await reconcile(trusting, { ...world, destination: hooked(world.destination, die) }).catch(() => {});
    const first = world.destination.keys();
    expect(first).to.have.length(2);
    upload(world, "1,1");

    await reconcile(trusting, world);

    const { renditions } = manifestOf(world);
    expect(renditions.filter(({ key }: { key: string }) => first.includes(key))).to.deep.equal([]);
  });
});

describe("reconcile, with a focal point and nothing to crop", () => {
  it("neither renders again for another, nor asks for it", async () => {
    const world = aCroppingWorld({ variants: [WHOLE] });
    upload(world, "0,0");
    await reconcile(trusting, world);
    expect(manifestOf(world).source).to.not.have.property("focalPoint");
    upload(world, "1,1");
    const requests: string[] = [];
    const log = ({ operation }: StoreRequest) => requests.push(operation);
    const watched = { source: hooked(world.source, log), destination: hooked(world.destination, log) };

    expect(await reconcile(trusting, { ...world, ...watched })).to.deep.equal({ event: "unchanged" });

    expect(requests).to.deep.equal(["get", "get"]);
  });

  it("writes only what is cropped when some is", async () => {
    const world = aCroppingWorld();
    upload(world, "0,0");
    await reconcile(trusting, world);
    upload(world, "1,1");
    const written: string[] = [];
    const log = ({ operation, key }: StoreRequest) => operation === "put" && written.push(key);

    await reconcile(trusting, { ...world, destination: hooked(world.destination, log) });

    expect(written).to.deep.equal([`${KEY}/square.webp`, `${KEY}/manifest.json`]);
  });
});
