import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { faultsText, readFaultPlan } from "../../cli/faults.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

describe("--faults", () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  function aFile(text: string): string {
    const path = join(folder.path, "faults.yaml");
    writeFileSync(path, text);
    return path;
  }

  it("takes a seed, and chances that are far worse than AWS's", async () => {
    expect(await readFaultPlan("7")).to.include({ seed: 7, unavailable: 0.02, duplicate: 0.05 });
  });

  it("takes a file with chances", async () => {
    const plan = await readFaultPlan(aFile("seed: 7\nduplicate: 1\n"));

    expect(plan).to.include({ seed: 7, duplicate: 1, late: 0.1 });
  });

  it("says all that is wrong with a file", async () => {
    const error = await rejection(readFaultPlan(aFile("seed: x\nlate: 2\nbad: 1\n")));

    expect(error.message.split("\n")).to.deep.equal([
      'Expected a whole number for --faults seed, but received "x".',
      "Expected a chance from 0 to 1 for --faults late, but received 2.",
      "Expected no setting for --faults bad, but received 1.",
    ]);
  });

  it("is neither a seed nor a file", async () => {
    const error = await rejection(readFaultPlan("no-such-file"));

    expect(error.message).to.equal(
      'Expected a seed, or a YAML file with a plan for --faults, but received "no-such-file".',
    );
  });

  it("says what went wrong on purpose", () => {
    expect(faultsText(7, { late: 3, killed: 0, cutDownload: 1 })).to.equal("seed 7: 3 late, 1 cutDownload");
    expect(faultsText(7, { late: 0 })).to.equal("seed 7: none");
  });
});
