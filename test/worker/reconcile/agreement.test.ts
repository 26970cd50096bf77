import { expect } from "chai";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { expectAgreement } from "../../support/check-set.ts";
import { hooked, type StoreRequest } from "../../support/hooked-store.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };

describe("reconcile", () => {
  describe("when the recipe changed", () => {
    const large = { name: "large", width: 1920, formats: ["webp", "jpeg"] };
    const small = { name: "small", width: 320, formats: ["webp"] };
    const smaller = { name: "small", width: 160, formats: ["webp"] };

    async function reconcileAfter(variants: object[]) {
      const world = aWorld();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      const rendered: string[] = [];
      const changed = { ...world, recipe: aRecipe({ variants }) };
      const render: typeof world.render = (source, header, due) => {
        rendered.push(...due.map(({ name }) => name));
        return world.render(source, header, due);
      };
      const outcome = await reconcile(trusting, { ...changed, render });
      return { world: changed, rendered, outcome };
    }

    it("renders only the variants that did", async () => {
      const { world, rendered, outcome } = await reconcileAfter([large, smaller]);

      expect(rendered).to.deep.equal(["small"]);
      expect(outcome).to.include({ event: "rendered", renditions: 1 });
      expectAgreement(world, KEY);
      expect(await reconcile(trusting, world)).to.deep.equal({ event: "unchanged" });
    });

    it("deletes what is no longer wanted, without rendering", async () => {
      const { world, rendered } = await reconcileAfter([small]);

      expect(rendered).to.deep.equal([]);
      expect(world.destination.keys()).to.deep.equal([`${KEY}/manifest.json`, `${KEY}/small.webp`]);
      expectAgreement(world, KEY);
    });

    it("deletes only after the new manifest stands", async () => {
      const world = aWorld();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      const changes: string[] = [];
      const log = ({ operation, key }: StoreRequest) => {
        if (operation === "put" || operation === "delete") changes.push(`${operation} ${key}`);
      };
      const recipe = aRecipe({ variants: [smaller] });

      await reconcile(trusting, { ...world, recipe, destination: hooked(world.destination, log) });

      expect(changes.slice(0, 2)).to.deep.equal([`put ${KEY}/small.webp`, `put ${KEY}/manifest.json`]);
      expect(changes.slice(2)).to.have.members([`delete ${KEY}/large.webp`, `delete ${KEY}/large.jpeg`]);
    });

    it("takes limits for no reason to render again", async () => {
      const world = aWorld();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);

      const recipe = aRecipe({ limits: { maxPixels: 5 } });

      expect(await reconcile(trusting, { ...world, recipe })).to.deep.equal({ event: "unchanged" });
    });
  });

  describe("when it looks carefully", () => {
    it("deletes the rendition of an earlier recipe whose worker died before it wrote a manifest", async () => {
      const world = aWorld();
      world.source.set(KEY, "v1");
      world.destination.set(`${KEY}/huge.webp`, "written by a worker that died");
      await reconcile(careful, world);
      expectAgreement(world, KEY);
      world.destination.set(`${KEY}/huge.webp`, "written by one that woke up late");

      await reconcile(careful, world);

      expectAgreement(world, KEY);
    });

    it("renders again what was replaced or lost behind the manifest's back", async () => {
      const world = aWorld();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.destination.set(`${KEY}/large.webp`, "written by a worker that woke up late");
      world.destination.remove(`${KEY}/small.webp`);

      await reconcile(careful, world);

      expectAgreement(world, KEY);
    });

    it("does not write again what is still right", async () => {
      const world = aWorld();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.destination.set(`${KEY}/large.webp`, "damaged");
      const written: string[] = [];
      const log = ({ operation, key }: StoreRequest) => operation === "put" && written.push(key);

      await reconcile(careful, { ...world, destination: hooked(world.destination, log) });

      expect(new Set(written)).to.deep.equal(new Set([`${KEY}/large.webp`, `${KEY}/manifest.json`]));
    });
  });
});
