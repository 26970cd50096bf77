// A copy of the project whose program, policies, settings and command can be changed without touching the real ones.
// What is not copied is a link, so it is the real thing, and so is the artifact.
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { PROJECT_DIRECTORY } from "./a-pipeline.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const COPIED = ["index.ts", "Pulumi.yaml", "package.json", "infra", "cli"];
const LINKED = ["node_modules", "settings", "artifact", "operations", "local", "samples"];

export interface TestProject {
  path: string;
  /** Replaces a text that must occur in a copied file. */
  edit(file: string, text: string, replacement: string): void;
  /** Puts a file beside the program. */
  write(name: string, content: Uint8Array): void;
  remove(): void;
}

/** With one stack, `test`, that has these settings. */
export function aProject(settings: Record<string, unknown>): TestProject {
  const folder = temporaryFolder();
  for (const name of COPIED) {
    cpSync(join(PROJECT_DIRECTORY, name), join(folder.path, name), { recursive: true });
  }
  for (const name of LINKED) symlinkSync(join(PROJECT_DIRECTORY, name), join(folder.path, name));
  const config = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`darkroom:${name}`, value]),
  );
  folder.write("Pulumi.test.yaml", stringify({ config: { "aws:region": "eu-west-1", ...config } }));
  return {
    path: folder.path,
    edit(file, text, replacement) {
      const path = join(folder.path, file);
      const before = readFileSync(path, "utf8");
      if (!before.includes(text)) throw new Error(`Expected ${text} in ${file}, but it is not there.`);
      writeFileSync(path, before.replace(text, replacement));
    },
    write: folder.write,
    remove: folder.remove,
  };
}
