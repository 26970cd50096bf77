import { expect } from "chai";
import { startDeadline } from "../../../worker/batch/deadline.ts";
import { Failure } from "../../../worker/failure.ts";

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
