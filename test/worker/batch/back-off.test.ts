import { expect } from "chai";
import { backOffSeconds } from "../../../worker/batch/back-off.ts";

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
