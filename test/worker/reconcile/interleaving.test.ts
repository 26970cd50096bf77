// Two hands on one key. Each case is played once for every request the slow worker makes: it stops there, the world goes
// on without it, and then it wakes up again, or is dead and its message comes back. Whatever happened, the set must agree
// with the source in the end, and readers of the manifest must never have missed a rendition. (One gap is known: a
// removal that overlaps with another worker can leave a manifest without its renditions until one of the two verifies.)
import { expect } from "chai";
import { Failure } from "../../../worker/failure.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import type { ObjectStore } from "../../../worker/reconcile/store.ts";
import { expectAgreement, expectNothingMissing, watched } from "../../support/check-set.ts";
import { hooked } from "../../support/hooked-store.ts";
import { aRecipe, aWorld, type SmallWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };

interface Case {
  name: string;
  before(world: SmallWorld): unknown;
  /** What happens while the slow worker stands still. */
  meanwhile(world: SmallWorld): Promise<unknown>;
  /**
   * Whether the slow worker finds again what it saw. Then S3 cannot tell its request from one that is in time, and only
   * the worker behind the request can: one that is in flight when its worker ends is the one thing nobody repairs.
   */
  isSameAgain?: boolean;
}

const set = (version: string) => (world: SmallWorld) => world.source.set(KEY, version);

const CASES: Case[] = [
  {
    name: "the same message is delivered twice",
    before: set("v1"),
    meanwhile: (world) => reconcile(trusting, world),
  },
  {
    name: "the source is overwritten",
    before: set("v1"),
    meanwhile: async (world) => {
      world.source.set(KEY, "v2");
      await reconcile(trusting, world);
    },
  },
  {
    name: "the source of a standing set is overwritten twice",
    before: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.source.set(KEY, "v2");
    },
    meanwhile: async (world) => {
      world.source.set(KEY, "v3");
      await reconcile(trusting, world);
    },
  },
  {
    name: "the source is overwritten and reverted",
    isSameAgain: true,
    before: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.source.set(KEY, "v2");
    },
    meanwhile: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
    },
  },
  {
    name: "another version is rendered, then the source is reverted to what the slow worker has",
    before: set("v1"),
    meanwhile: async (world) => {
      world.source.set(KEY, "v2");
      await reconcile(trusting, world);
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
    },
  },
  {
    name: "the source is removed",
    isSameAgain: true,
    before: set("v1"),
    meanwhile: async (world) => {
      world.source.remove(KEY);
      await reconcile(trusting, world);
    },
  },
  {
    name: "the source is removed and uploaded again",
    before: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.source.remove(KEY);
    },
    meanwhile: async (world) => {
      world.source.set(KEY, "v2");
      await reconcile(trusting, world);
    },
  },
  {
    name: "the source is removed and uploaded again unchanged",
    isSameAgain: true,
    before: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.source.remove(KEY);
    },
    meanwhile: async (world) => {
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
    },
  },
  {
    name: "a newer worker version with another recipe is at the same source",
    before: async (world) => {
      await set("v1")(world);
      const recipe = world.recipe;
      const { immutable } = recipe;
      world.recipe = aRecipe({ variants: [{ name: "large", width: 999, formats: ["webp"] }], immutable });
      await reconcile(trusting, world);
      world.recipe = recipe;
    },
    meanwhile: (world) => reconcile(trusting, world),
  },
];

const REQUESTS_LEFT = {
  "wakes up": Number.POSITIVE_INFINITY,
  "is dead": 0,
  "wakes up for one request and dies": 1,
  "was frozen beyond its time": Number.POSITIVE_INFINITY,
  "left a request behind that arrives last": 1,
};
type Ending = keyof typeof REQUESTS_LEFT;
const ENDINGS = Object.keys(REQUESTS_LEFT) as Ending[];

for (const immutable of [false, true]) {
  describe(`two workers on one key${immutable ? ", with immutable renditions" : ""}`, () => {
    for (const scene of CASES) {
      for (const ending of ENDINGS) {
        const isLeftBehind = ending === "left a request behind that arrives last";
        if (isLeftBehind && scene.isSameAgain) continue;
        it(`agree in the end when ${scene.name} and the slow one ${ending}, wherever it stopped`, async () => {
          let stops = 0;
          while (await play(scene, ending, stops, immutable)) stops += 1;

          expect(stops, "requests at which it was stopped").to.be.at.least(2);
        });
      }
    }
  });
}

/** Stops the slow worker at its `stop`-th request. False when it does not make so many. */
async function play(scene: Case, ending: Ending, stop: number, immutable: boolean): Promise<boolean> {
  const world = aWorld({ recipe: aRecipe({ immutable }) });
  await scene.before(world);
  const about = ` (${scene.name}, ${ending}, stopped at request ${stop})`;
  const slow = new SlowWorker(world, stop, scene.name.includes("removed"));
  const finished = slow.run();
  if ((await Promise.race([slow.stopped, finished])) === "finished") return false;

  await scene.meanwhile(watched(world, KEY, about));
  expectNothingMissing(world, KEY, about);
  if (ending === "was frozen beyond its time" || ending === "left a request behind that arrives last") {
    if (ending === "was frozen beyond its time") slow.end();
    await reconcile(careful, watched(world, KEY, about)); // its message came back before it woke up
  }
  slow.wake(REQUESTS_LEFT[ending]);
  const result = await finished;
  if (result === "died" && !ending.startsWith("left")) await reconcile(careful, world);

  // What arrives last has no condition to lose where no other revision ever stands: it lies there until the next careful
  // look, and no manifest lists it.
  const mayHaveMore = immutable && ending.startsWith("left");
  expectAgreement(world, KEY, about, mayHaveMore);
  return true;
}

class SlowWorker {
  readonly #world: SmallWorld;
  readonly #stop: number;
  readonly #overlapsRemoval: boolean;
  readonly #stopped = Promise.withResolvers<"stopped">();
  readonly #resumed = Promise.withResolvers<void>();
  readonly #deadline = new AbortController();
  #requests = 0;
  #requestsLeft = Number.POSITIVE_INFINITY;

  constructor(world: SmallWorld, stop: number, overlapsRemoval: boolean) {
    this.#world = world;
    this.#stop = stop;
    this.#overlapsRemoval = overlapsRemoval;
  }

  get stopped(): Promise<"stopped"> {
    return this.#stopped.promise;
  }

  async run(): Promise<"finished" | "died" | "out of time"> {
    const { signal } = this.#deadline;
    const fence = (store: ObjectStore) => hooked(store, () => signal.throwIfAborted());
    const view = (store: ObjectStore) => hooked(fence(store), () => this.#before());
    const { source, destination } = this.#world;
    const world = { ...this.#world, signal, source: view(source), destination: view(destination) };
    try {
      await reconcile(trusting, world);
      return "finished";
    } catch (error) {
      if (signal.aborted) return "out of time";
      if (this.#requestsLeft < 0) return "died";
      throw error;
    }
  }

  /** The end of its invocation. */
  end(): void {
    this.#deadline.abort(new Failure("OUT_OF_TIME", "over"));
  }

  wake(requestsLeft: number): void {
    this.#requestsLeft = requestsLeft;
    this.#resumed.resolve();
  }

  async #before(): Promise<void> {
    if (!this.#overlapsRemoval) expectNothingMissing(this.#world, KEY);
    const index = this.#requests;
    this.#requests += 1;
    if (index < this.#stop) return;
    this.#stopped.resolve("stopped");
    await this.#resumed.promise;
    this.#requestsLeft -= 1;
    if (this.#requestsLeft < 0) throw new Error("The worker is dead.");
  }
}
