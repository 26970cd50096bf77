import { expect } from "chai";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";
import { runDurability } from "./durability.ts";

describe("kill -9 under load", () => {
  let folder: TemporaryFolder;
  before(() => {
    folder = temporaryFolder();
  });
  after(() => folder.remove());

  for (const { fsync, kills } of [
    { fsync: false, kills: 3 },
    { fsync: true, kills: 1 },
  ]) {
    it(`takes nothing that was acknowledged${fsync ? ", with fsync" : ""}`, async function () {
      this.timeout(180_000);
      const seed = Date.now() % 1_000_000;
      const dataDirectory = `${folder.path}/${fsync}`;
      const { problems, counts, lost } = await runDurability({
        dataDirectory,
        kills,
        seed,
        maxLifeMs: 600,
        fsync,
      });

      expect(problems, `seed ${seed}`).to.deep.equal([]);
      expect(lost, "requests killed half-way").to.be.greaterThan(5 * kills);
      for (const [what, count] of Object.entries(counts)) expect(count, what).to.be.greaterThan(0);
    });
  }
});
