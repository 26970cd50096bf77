import { expect } from "chai";
import { commandTextOf } from "../../cli/command-text.ts";

describe("a command that is suggested", () => {
  const data = ".darkroom";

  it("names the target that was looked at, unless it is the one that goes without saying", () => {
    const drop = (options: { data: string; stack?: string; outputs?: string }) =>
      commandTextOf(options)("dlq drop --all");

    expect(drop({ data })).to.equal("darkroom dlq drop --all");
    expect(drop({ data: "else/where" })).to.equal("darkroom dlq drop --all --data else/where");
    expect(drop({ data, stack: "prod" })).to.equal("darkroom dlq drop --all --stack prod");
    expect(drop({ data, stack: "prod", outputs: "it's here.json" })).to.equal(
      "darkroom dlq drop --all --outputs 'it'\\''s here.json'",
    );
  });

  it("goes on below when it is long", () => {
    const words = "dlq redrive --reason UNSUPPORTED_FORMAT_HEIC --canary 5 --yes";

    expect(commandTextOf({ data, stack: "prod" })(words)).to.equal(`darkroom ${words} \\\n    --stack prod`);
  });
});
