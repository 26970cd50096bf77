import { expect } from "chai";
import { timeLimit } from "../../../worker/batch/time-limit.ts";

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
