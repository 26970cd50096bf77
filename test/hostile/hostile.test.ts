// A sample of `npm run hostile`, for every run of the tests: each group of the corpus, and some mutations.
import { createHash } from "node:crypto";
import { expect } from "chai";
import { lightCorpus } from "./corpus/corpus.ts";
import { seedFiles } from "./corpus/others.ts";
import { judge, judgeMutations, type Minutes } from "./inquest.ts";

const SEED = 20_261_124;
const MB = 1_000_000;
const MUTATIONS = 400;

function expectHarmless({ rows, unexpected }: Minutes): void {
  expect(unexpected).to.deep.equal([]);
  for (const [group, { peakBytes, slowestMs }] of rows) {
    expect(peakBytes, group).to.be.below(700 * MB);
    expect(slowestMs, group).to.be.below(10_000);
  }
}

describe("hostile files", () => {
  let cases: Awaited<ReturnType<typeof lightCorpus>>;

  before(async () => {
    cases = await lightCorpus();
  });

  it("become renditions or their code, within time and memory", async () => {
    expect(cases.length).to.be.above(350);
    const names = cases.map(({ group, name }) => `${group}, ${name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([]);

    const small = cases.filter(({ bytes }, index) => index % 2 === 0 && bytes.length < 5 * MB);

    expectHarmless(await judge(small));
  });

  it(`are settled at once when mutated (seed ${SEED})`, async () => {
    expectHarmless(await judgeMutations(await seedFiles(), MUTATIONS, SEED));
  });

  it("are the same every time", async () => {
    const digest = (corpus: typeof cases) =>
      corpus.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex")).join();

    expect(digest(await lightCorpus())).to.equal(digest(cases));
  });
});
