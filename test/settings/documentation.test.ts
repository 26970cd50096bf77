import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { PROJECT_FILE, projectFile, SETTINGS_PAGE, settingsPage } from "../../scripts/write-settings.ts";
import { parseSettings } from "../../settings/settings.ts";

interface Declared {
  type: string;
  items?: { type: string };
  default: unknown;
  description: string;
}

const page = readFileSync(SETTINGS_PAGE, "utf8");
const project = readFileSync(PROJECT_FILE, "utf8");
const declared = (parse(project) as { config: Record<string, Declared> }).config;

describe("docs/settings.md and Pulumi.yaml", () => {
  it("are what npm run settings writes", () => {
    expect(page).to.equal(settingsPage());
    expect(project).to.equal(projectFile(project));
  });

  it("have every setting that has a default", () => {
    expect(Object.keys(declared)).to.deep.equal(Object.keys(parseSettings({})));
    for (const name of Object.keys(declared)) expect(page).to.include(`| \`${name}\` |`);
    for (const name of ["maximumConcurrency", "provisionedPollers", "kmsKeyArn"])
      expect(page).to.include(`| \`${name}\` | none |`);
  });

  it("declare the defaults of the schema: with them set, the settings are the same", () => {
    const set = Object.fromEntries(
      Object.entries(declared).map(([name, { default: initially }]) => [name, initially]),
    );
    expect(parseSettings(set)).to.deep.equal(parseSettings({}));
  });

  // Otherwise pulumi up ends with "Stack 'dev' is missing configuration values".
  it("declare no setting without a default, and none with a type that Pulumi does not know", () => {
    for (const [name, { type, items, default: initially, description }] of Object.entries(declared)) {
      expect(initially, name).not.to.equal(undefined);
      expect(description, name).to.match(/^[A-Z].*\.$/);
      expect(pulumiTypeOf(initially), name).to.equal(type);
      const itemType = name === "alarmEmails" ? "string" : "object";
      expect(items?.type, name).to.equal(type === "array" ? itemType : undefined);
    }
  });

  it("have an example that is right", () => {
    const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { config } = parse(yaml) as { config: Record<string, unknown> };
    const set = Object.entries(config).map(([name, value]) => [name.replace("darkroom:", ""), value]);
    expect(set).to.have.length.above(0);
    expect(() => parseSettings(Object.fromEntries(set))).not.to.throw();
  });
});

function pulumiTypeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
