import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { darkroom } from "../support/darkroom.ts";

const COMMAND = resolve(import.meta.dirname, "../../cli/darkroom.ts");

/** Says the URL of each module that is loaded. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    load(url, context, nextLoad) {
      console.error(url);
      return nextLoad(url, context);
    },
  });
`)}`;

describe("darkroom", () => {
  it("loads no client of AWS before it knows what for", async () => {
    const words = ["--import", TELLING, COMMAND, "--help"];
    const { stderr } = await promisify(execFile)(process.execPath, words);

    expect(stderr).to.include("cli/program.ts").and.not.include("@aws-sdk/");
  });

  it("helps, with examples", async () => {
    const { code, stdout } = await darkroom(["--help"]);

    expect(code).to.equal(0);
    expect(stdout).to.match(/Commands:[\s\S]*local[\s\S]*Examples:/);
  });

  it("says what every exit code of local means", async () => {
    const { code, stdout } = await darkroom(["local", "--help"]);

    expect(code).to.equal(0);
    expect(stdout).to.match(
      /Exit codes:\n {2}0 [\s\S]*\n {2}1 [\s\S]*--strict[\s\S]*\n {2}2 [\s\S]*\n {2}130 /,
    );
  });

  const mistakes: [words: string[], sentence: string][] = [
    [["locl"], "unknown command 'locl'"],
    [["local", "--frsh"], "unknown option '--frsh'"],
    [
      ["local", "--port", "70000"],
      'Expected a whole number from 0 to 65535 for --port, but received "70000".',
    ],
    [
      ["local", "no/such/path"],
      'Expected an existing file or folder for paths, but received "no/such/path".',
    ],
    [["local", COMMAND, "--stack", "prdo"], 'for --stack, but received "prdo".'],
    [
      ["local", COMMAND, "--data", resolve(COMMAND, "..")],
      "Its files are not Darkroom's, so it is left as it is.",
    ],
  ];
  for (const [words, sentence] of mistakes) {
    it(`ends with 2 and a sentence: ${words.slice(0, 3).join(" ").replace(COMMAND, "<file>")}`, async () => {
      const { code, stdout, stderr } = await darkroom(words);

      expect(stderr).to.include(sentence);
      expect(stderr).to.not.match(/\n {4}at /);
      expect([code, stdout]).to.deep.equal([2, ""]);
    });
  }
});
