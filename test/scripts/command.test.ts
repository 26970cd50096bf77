import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { ROOT } from "../../scripts/preview/read-stack.ts";

const run = (...words: string[]) =>
  promisify(execFile)(process.execPath, [join(ROOT, "scripts/simulate.ts"), ...words]).catch(
    (error: unknown) => error,
  );

describe("A script with wrong words", function () {
  this.timeout(30_000);

  it("says so in a sentence, and ends with 2", async () => {
    expect(await run("--nope")).to.include({ code: 2 });
    expect(await run("--seeds", "many")).to.deep.include({
      code: 2,
      stderr:
        'Expected a number of at least 0 for --seeds, but received "many".\n' +
        "Options: --uploads, --seeds, --seed, --key, --twins, --listeners, --mutate\n",
    });
  });
});
