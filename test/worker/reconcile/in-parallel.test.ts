import { expect } from "chai";
import { inParallel } from "../../../worker/reconcile/in-parallel.ts";
import { rejection } from "../../support/rejection.ts";

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
