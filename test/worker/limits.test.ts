import { expect } from "chai";
import { parseRecipe } from "../../settings/settings.ts";
import { backOffSeconds } from "../../worker/batch/back-off.ts";
import { startDeadline } from "../../worker/batch/deadline.ts";
import { createImageTimes } from "../../worker/batch/image-times.ts";
import { timeLimit } from "../../worker/batch/time-limit.ts";
import { Failure } from "../../worker/failure.ts";
import type { Header } from "../../worker/inspect/inspect.ts";
import { capacityOf, isolatedBytes } from "../../worker/isolation/capacity.ts";
import { createMemoryBudget } from "../../worker/isolation/memory-budget.ts";
import { inParallel } from "../../worker/reconcile/in-parallel.ts";
import { estimateMemoryBytes } from "../../worker/render/memory.ts";
import { rejection } from "../support/rejection.ts";

const MIB = 1024 * 1024;

describe("createMemoryBudget", () => {
  it("admits images while their sum fits", async () => {
    const memory = createMemoryBudget(100);
    const log: string[] = [];
    const first = Promise.withResolvers<void>();

    const runs = [
      memory.run(60, () => {
        log.push("first");
        return first.promise;
      }),
      memory.run(50, async () => log.push("second")),
    ];
    await new Promise(setImmediate);
    expect(log).to.deep.equal(["first"]);
    first.resolve();
    await Promise.all(runs);

    expect(log).to.deep.equal(["first", "second"]);
  });

  it("does not let small images overtake a large one that waits", async () => {
    const memory = createMemoryBudget(100);
    const order: string[] = [];
    const busy = Promise.withResolvers<void>();

    const runs = [
      memory.run(50, () => busy.promise),
      memory.run(90, async () => order.push("large")),
      memory.run(10, async () => order.push("small")),
    ];
    await new Promise(setImmediate);
    expect(order).to.deep.equal([]);
    busy.resolve();
    await Promise.all(runs);

    expect(order).to.deep.equal(["large", "small"]);
  });

  it("lets everybody else go before who must be alone", async () => {
    const memory = createMemoryBudget(100);
    const order: string[] = [];
    const busy = Promise.withResolvers<void>();

    const runs = [
      memory.run(50, () => busy.promise),
      memory.runAlone(async () => order.push("alone")),
      memory.run(90, async () => order.push("large")),
      memory.run(10, async () => order.push("small")),
    ];
    busy.resolve();
    await Promise.all(runs);

    expect(order).to.deep.equal(["large", "small", "alone"]);
  });

  it("runs nothing beside who must be alone", async () => {
    const memory = createMemoryBudget(100);
    const order: string[] = [];
    const busy = Promise.withResolvers<void>();

    const runs = [memory.runAlone(() => busy.promise), memory.run(1, async () => order.push("small"))];
    await new Promise(setImmediate);
    expect(order).to.deep.equal([]);
    busy.resolve();
    await Promise.all(runs);

    expect(order).to.deep.equal(["small"]);
  });

  it("refuses at once what can never fit", async () => {
    const error = await rejection(createMemoryBudget(100).run(101, async () => "ran"));

    expect(error).to.be.instanceOf(Failure).with.property("code", "MEMORY_BUDGET");
  });

  it("frees the memory of an image that failed", async () => {
    const memory = createMemoryBudget(100);
    await rejection(memory.run(100, () => Promise.reject(new Error("failed"))));

    expect(await memory.run(100, async () => "ran")).to.equal("ran");
  });
});

describe("capacityOf", () => {
  it("takes two images on one vCPU, and one per vCPU from there", () => {
    expect([1024, 1769, 3538, 5307, 10240].map((mib) => capacityOf(mib * MIB, 0).concurrency)).to.deep.equal([
      2, 2, 2, 3, 6,
    ]);
  });

  it("keeps room for the worker, for files that wait and for surprises", () => {
    const { limitBytes, renderBytes } = capacityOf(2000 * MIB, 100 * MIB);

    expect(limitBytes).to.equal(1900 * MIB);
    expect(renderBytes).to.equal((1900 - 80 - 100) * MIB);
  });

  it("still takes the worst source that the default limits allow, at the default memory", () => {
    const worst: Header = {
      format: "avif",
      width: 10_000,
      height: 5000,
      frames: 1,
      orientation: 1,
      kind: "avif-deep",
      metadataBytes: 0,
    };
    const sourceBytes = 4 * MIB;
    const { variants } = parseRecipe("{}", "recipe");
    const needed = isolatedBytes(estimateMemoryBytes(worst, sourceBytes, variants), sourceBytes);

    expect(needed).to.be.below(capacityOf(1769 * MIB, 100 * MIB).renderBytes);
  });
});

describe("backOffSeconds", () => {
  it("grows with the receive count up to a limit", () => {
    const most = [1, 2, 3, 4, 5, 1000].map((receiveCount) => backOffSeconds(receiveCount, () => 0.9999));

    expect(most).to.deep.equal([10, 40, 160, 640, 900, 900]);
  });

  it("spreads over the whole range", () => {
    expect(backOffSeconds(4, () => 0)).to.equal(0);
    expect(backOffSeconds(4, () => 0.5)).to.equal(320);
  });
});

describe("createImageTimes", () => {
  it("goes by the longest of the recent images, and by experience before the first", () => {
    const times = createImageTimes();
    expect(times.neededMs()).to.equal(3000);
    times.add(9000);
    times.add(4000);
    expect(times.neededMs()).to.equal(10_000);
  });

  it("forgets in time", () => {
    const times = createImageTimes();
    times.add(9000);
    for (let image = 0; image < 20; image += 1) times.add(4000);

    expect(times.neededMs()).to.equal(5000);
  });
});

describe("timeLimit", () => {
  it("is a third of an invocation, whole while so much is left", () => {
    expect(timeLimit(60_000, 50_000)).to.deep.equal({ milliseconds: 20_000, isWhole: true });
    expect(timeLimit(60_000, 19_999)).to.deep.equal({ milliseconds: 19_999, isWhole: false });
  });

  it("is more of a short invocation, but never more than there is", () => {
    expect(timeLimit(9000, 9000)).to.deep.equal({ milliseconds: 5000, isWhole: true });
    expect(timeLimit(4000, 4000)).to.deep.equal({ milliseconds: 4000, isWhole: true });
  });
});

describe("startDeadline", () => {
  it("takes the signal down when the time is over", async () => {
    const { signal } = startDeadline(1);

    await new Promise((resolve) => signal.addEventListener("abort", resolve));

    expect(signal.reason).to.be.instanceOf(Failure).with.property("code", "OUT_OF_TIME");
  });

  it("takes it down at the end of the invocation", () => {
    const deadline = startDeadline(60_000);
    expect(deadline.signal.aborted).to.equal(false);
    expect(deadline.remainingMs()).to.be.within(50_000, 60_000);

    deadline.end();

    expect(deadline.signal.aborted).to.equal(true);
  });

  it("goes by the clock where a process stood still and its timer has not run yet", () => {
    const deadline = startDeadline(5);
    deadline.throwIfOver();

    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);

    expect(deadline.throwIfOver).to.throw(Failure).with.property("code", "OUT_OF_TIME");
    expect(deadline.signal.aborted).to.equal(true);
  });
});

describe("inParallel", () => {
  it("waits for all requests before it fails with the first error", async () => {
    const slow = Promise.withResolvers<string>();
    let isOver = false;
    const all = inParallel(["bad", "slow"], (item) =>
      item === "bad" ? Promise.reject(new Error("bad")) : slow.promise,
    ).finally(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect(isOver).to.equal(false);
    slow.resolve("done");

    expect((await rejection(all)).message).to.equal("bad");
  });
});
