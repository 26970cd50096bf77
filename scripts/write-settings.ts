// Writes what the schema says about every setting where people look for it: docs/settings.md, and the config block of
// Pulumi.yaml. Pulumi refuses a stack that lacks a declared value, so only settings with a default are declared.
//
//   node scripts/write-settings.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { argv } from "node:process";
import * as v from "valibot";
import { parseDocument } from "yaml";
import { SettingsSchema } from "../settings/schema.ts";
import { readWords } from "./command.ts";

const ROOT = resolve(import.meta.dirname, "..");
export const SETTINGS_PAGE = join(ROOT, "docs/settings.md");
export const PROJECT_FILE = join(ROOT, "Pulumi.yaml");

/** What is looked at in a schema; a pipe has the members of the schema it begins with. */
interface Shape {
  type: string;
  message?: unknown;
  wrapped?: Shape;
  default?: unknown;
  entries?: Record<string, Shape>;
  item?: Shape;
  options?: readonly unknown[];
}

interface Setting {
  name: string;
  shape: Shape;
  initially: unknown;
  description: string;
}

const HEAD = `# Settings

Every setting is optional. Set one with \`pulumi config set darkroom:<name> <value>\`, with \`--path\` inside lists and objects, or
in \`Pulumi.<stack>.yaml\`. Wrong ones are all reported at once, before anything is created. This page is written by
\`npm run settings\`, from [\`settings/\`](../settings).
`;

const EXAMPLE = `## For example

\`\`\`yaml
config:
  darkroom:source:
    prefix: uploads/
    suffixes: [.jpg, .jpeg, .png]
  darkroom:presets:
    - match: uploads/avatars/**
      variants: avatar
  darkroom:variants:
    - { name: thumbnail, width: 320 }
    - { name: hero, width: 1920, formats: [avif, jpeg], quality: 60 }
\`\`\`
`;

export function settingsPage(): string {
  const all = settingsOf(SettingsSchema as Shape);
  return [HEAD, table(all), ...sectionsOf(all), EXAMPLE].join("\n");
}

/** One for each setting that has settings in it, and for those in those. */
function sectionsOf(settings: Setting[], within = ""): string[] {
  return settings.flatMap(({ name, shape }) => {
    const members = membersOf(shape);
    if (members === undefined) return [];
    const own = settingsOf(members);
    const title = `\`${within}${name}\`${itemOf(shape) ? ", each" : ""}`;
    return [`## ${title}\n\n${table(own)}`, ...sectionsOf(own, `${within}${name}.`)];
  });
}

/** The project file with its config block renewed; everything else stays as it is. */
export function projectFile(current: string): string {
  const document = parseDocument(current);
  const declared = settingsOf(SettingsSchema as Shape).filter(({ initially }) => initially !== undefined);
  document.set("config", document.createNode(Object.fromEntries(declared.map(declaration))));
  return document.toString({ lineWidth: 0 });
}

function declaration({ name, shape, initially, description }: Setting) {
  const type = pulumiType(shape);
  const items = itemOf(shape) && { items: { type: pulumiType(itemOf(shape) as Shape) } };
  return [name, { type, ...items, default: initially, description }] as const;
}

function pulumiType({ type, options = [] }: Shape): string {
  const types: Record<string, string> = {
    number: "integer",
    string: "string",
    boolean: "boolean",
    array: "array",
    strict_object: "object",
    record: "object",
    custom: "object",
    picklist: typeof options[0] === "number" ? "integer" : "string",
  };
  const known = types[type];
  if (known === undefined) throw new Error(`Expected a shape that Pulumi knows, but received ${type}.`);
  return known;
}

function settingsOf({ entries = {} }: Shape = { type: "none" }): Setting[] {
  return Object.entries(entries).map(([name, entry]) => {
    const shape = entry.wrapped ?? entry;
    const description = v.getDescription(shape as unknown as v.GenericSchema);
    if (description === undefined) throw new Error(`Expected a description of ${name}, but received none.`);
    return { name, shape, initially: entry.default, description };
  });
}

function itemOf({ type, item }: Shape): Shape | undefined {
  return type === "array" ? item : undefined;
}

/** The schema of the members that a setting has, or that each of its items has. */
function membersOf(shape: Shape): Shape | undefined {
  const candidate = itemOf(shape) ?? shape;
  return candidate.entries ? candidate : undefined;
}

function table(settings: Setting[]): string {
  const rows = settings.map(({ name, shape, initially, description }) =>
    [`\`${name}\``, initialText(shape, initially), String(shape.message ?? "see below"), description].join(
      " | ",
    ),
  );
  return [
    "| setting | default | takes | meaning |",
    "|---|---|---|---|",
    ...rows.map((row) => `| ${row} |`),
    "",
  ].join("\n");
}

function initialText(shape: Shape, initially: unknown): string {
  if (initially === undefined || initially === "") return "none";
  if (Array.isArray(initially) && itemOf(shape)?.entries && initially.length > 0) {
    return initially.map((item) => `\`${JSON.stringify(item)}\``).join(", ");
  }
  if (Array.isArray(initially)) return initially.length === 0 ? "none" : `\`${initially.join(", ")}\``;
  return typeof initially === "object" ? "none" : `\`${String(initially)}\``;
}

if (argv[1] === import.meta.filename) {
  readWords({});
  writeFileSync(SETTINGS_PAGE, settingsPage());
  writeFileSync(PROJECT_FILE, projectFile(readFileSync(PROJECT_FILE, "utf8")));
}
