// A `pulumi` on the PATH that knows one stack, for where the real one is not installed.
import { chmodSync } from "node:fs";
import { delimiter } from "node:path";
import type { TemporaryFolder } from "./temporary-folder.ts";

/** What the environment must have for the command to find it. */
export function fakePulumi(folder: TemporaryFolder, stack: string, outputs: Record<string, unknown>) {
  folder.write("bin/outputs.json", JSON.stringify(outputs));
  const script = [
    "#!/bin/sh",
    'here=$(dirname "$0")',
    `case "$*" in "stack output --json --stack ${stack} --cwd "*) cat "$here/outputs.json";;`,
    `*) echo "error: no stack named '$5' found" >&2; exit 255;; esac`,
  ];
  const file = folder.write("bin/pulumi", `${script.join("\n")}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder.path}/bin${delimiter}${process.env.PATH}` };
}
