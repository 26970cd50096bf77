// Runs the Pulumi program as `pulumi up` does: Pulumi's own Node.js host in a process of its own, told by flags and
// environment where the engine is. TypeScript is left to Node.js (`typescript: false`).
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Project } from "./project.ts";

interface Run {
  project: Project;
  stack: string;
  projectDirectory: string;
  engineAddress: string;
  environment: Record<string, string>;
  /** As `pulumi preview` does: outputs that only an update knows are unknown. */
  dryRun: boolean;
  log(line: string): void;
}

const PARALLEL = 16;

/** Resolves when the program has ended, to its exit code and what it wrote to stderr. */
export function runProgram(run: Run): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, commandOf(run), {
    cwd: run.projectDirectory,
    env: {
      // Else each start compiles Pulumi's SDK again. The place is Node.js's own for this.
      NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
      // biome-ignore lint/style/noProcessEnv: as with pulumi up, the program has the environment of who runs it.
      ...process.env,
      ...run.environment,
      PULUMI_CONFIG: JSON.stringify(run.project.config),
      PULUMI_CONFIG_SECRET_KEYS: "[]",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => run.log(text.trimEnd()));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stderr: stderr.trim() }));
  });
}

function commandOf({ project, stack, projectDirectory, engineAddress, dryRun }: Run): string[] {
  const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  const flags = {
    monitor: engineAddress,
    engine: engineAddress,
    project: project.name,
    stack,
    organization: "organization",
    "root-directory": projectDirectory,
    pwd: projectDirectory,
    parallel: String(PARALLEL),
  };
  const pairs = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const mode = dryRun ? ["--dry-run"] : [];
  return [...project.nodeArguments, join(sdk, "cmd", "run"), ...pairs, ...mode, project.main];
}
