import { expect } from "chai";
import { REASONS, type Reason, reasonOf } from "../../operations/reasons.ts";
import { Failure, type FailureCode } from "../../worker/failure.ts";

describe("reasons", () => {
  it("cover the worker's codes and agree with their dispositions", () => {
    const codes = Object.keys(REASONS) as FailureCode[];
    const retryable = codes.filter((code) => REASONS[code].retryable);

    expect(codes).to.not.be.empty;
    expect(retryable).to.deep.equal(codes.filter((code) => new Failure(code, "").disposition === "retry"));
  });

  it("leave none of the worker's codes out", () => {
    // Checked by the compiler: a code without a reason is a missing property.
    const complete: Record<FailureCode, Reason> = REASONS;

    expect(complete.UNKNOWN.retryable).to.equal(true);
  });

  it("treat a code of another version as one that may pass", () => {
    expect(reasonOf("FROM_THE_FUTURE").retryable).to.equal(true);
    expect(reasonOf("constructor").retryable).to.equal(true);
  });
});
