import { expect } from "chai";
import { createImageTimes } from "../../../worker/batch/image-times.ts";

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
