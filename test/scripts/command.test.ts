import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { ROOT } from "../../scripts/preview/read-stack.ts";

/** Each with words that it must refuse before it does anything. */
const WRONG: [script: string, words: string[], ...sentences: string[]][] = [
  [
    "scripts/simulate.ts",
    ["--nope", "--seeds", "many", "--seed", "x", "--mutate=yes", "here"],
    'Expected one of the options for a word, but received "--nope".',
    'Expected a number of at least 1 for --seeds, but received "many".',
    'Expected a number of at least 0 for --seed, but received "x".',
    'Expected no value for --mutate, but received "yes".',
    'Expected options only for the words, but received "here".',
    "Options: --uploads, --seeds, --seed, --key, --twins, --listeners, --mutate",
  ],
  [
    "bench/estimate.ts",
    ["--rounds", "0", "--time-scale"],
    'Expected a number of at least 1 for --rounds, but received "0".',
    "Expected a number of at least 1 for --time-scale, but received nothing.",
    "Options: --time-scale, --rounds",
  ],
  [
    "test/contract/outside/run.ts",
    ["ceph", "moon"],
    'Expected one of ceph, listings, move-tasks, notifications, objects, sqs for a suite, but received "moon".',
    "Expected the path of a checkout for CEPH_S3_TESTS, but received nothing.",
    'Expected a Python that starts for PYTHON, but received "no-python".',
    "test/contract/outside/README.md says what is needed.",
  ],
];

describe("A script with wrong words", function () {
  this.timeout(60_000);

  for (const [script, words, ...sentences] of WRONG) {
    it(`${script} names them all, and ends with 2`, async () => {
      const { CEPH_S3_TESTS, ...environment } = process.env;
      const run = promisify(execFile)(process.execPath, [join(ROOT, script), ...words], {
        env: { ...environment, PYTHON: "no-python" },
      });
      const failed = await run.catch((error: unknown) => error);
      expect(failed).to.deep.include({ code: 2, stdout: "", stderr: `${sentences.join("\n")}\n` });
    });
  }
});
