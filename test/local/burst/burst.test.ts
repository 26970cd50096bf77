import { expect } from "chai";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runBurst } from "./burst.ts";

describe("a burst of uploads", () => {
  it("is drained by the function, through a kill, in bounded memory", async function () {
    this.timeout(60_000);
    const folder = temporaryFolder();
    const report = await runBurst({ dataDirectory: folder.path, uploads: 500 }).finally(folder.remove);

    expect(report.left).to.equal(0);
    expect(report.peakMiB).to.be.within(50, 500);
  });
});
