import { expect } from "chai";
import { SettingsError } from "../../settings/problem.ts";
import { parseConfiguration } from "../../settings/settings.ts";
import { WRONG_CONFIGURATIONS } from "./wrong-configurations.ts";

/** As Pulumi keeps it. */
function textsOf(configuration: object): Record<string, string> {
  const texts = Object.entries(configuration).map(([name, value]) => [
    `darkroom:${name}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { "aws:region": "eu-west-1", ...Object.fromEntries(texts) };
}

describe("A wrong configuration", () => {
  for (const [configuration, ...problems] of WRONG_CONFIGURATIONS) {
    it(`is refused: ${JSON.stringify(configuration).slice(0, 80)}`, () => {
      expect(() => parseConfiguration(textsOf(configuration), "darkroom"))
        .to.throw(SettingsError)
        .with.property("problems")
        .that.deep.equals(problems);
    });
  }

  it("is one of many", () => {
    expect(WRONG_CONFIGURATIONS).to.have.length.above(60);
  });
});
