import { expect } from "chai";
import { Failure } from "../../../worker/failure.ts";
import { createMemoryBudget } from "../../../worker/isolation/memory-budget.ts";
import { rejection } from "../../support/rejection.ts";

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
