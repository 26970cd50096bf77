// Builds the Lambda artifact: a directory with one bundled module and sharp for the target's CPU, no Docker, the same bytes
// every time. Pulumi compares a directory by its names and bytes, so an unchanged worker is no change.
//
//   node scripts/build-worker.ts [linux-arm64 | linux-x64 | <this machine's> …]
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { argv } from "node:process";
import { type BuildOptions, build } from "esbuild";
import { isRuntimeFile, sharpFor, type WorkerTarget } from "./worker-native.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** Of the machine at hand: what local mode runs. */
export function hostTarget(): WorkerTarget {
  return `${process.platform}-${process.arch}`;
}

/** Resolves to the artifact's directory, absolute. Its handler is `index.handler`. */
export async function buildWorker(target: WorkerTarget, dist = DIST): Promise<string> {
  const bundle = await bundleWorker();
  const directory = join(dist, `worker-${target}`);
  const native = sharpFor(target, dist);
  const stamp = join(dist, `.worker-${target}.stamp`);
  const contents = createHash("sha256").update(bundle).update(native.version).digest("hex");
  if (existsSync(directory) && existsSync(stamp) && readFileSync(stamp, "utf8") === contents)
    return directory;

  // Made beside its place and moved there whole: a build that is interrupted leaves no half artifact.
  const unfinished = `${directory}.unfinished-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, "index.mjs"), bundle);
  cpSync(native.modules, join(unfinished, "node_modules"), {
    recursive: true,
    dereference: true,
    filter: isRuntimeFile,
  });
  rmSync(directory, { recursive: true, force: true });
  renameSync(unfinished, directory);
  writeFileSync(stamp, contents);
  return directory;
}

async function bundleWorker(): Promise<Uint8Array> {
  const options: BuildOptions & { write: false } = {
    entryPoints: [join(ROOT, "worker/handler.ts")],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    // The SDK is bundled, not the runtime's: the version is ours, and its ESM half starts faster.
    mainFields: ["module", "main"],
    external: ["sharp"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  };
  // Bundled twice, so that the version within can name the bytes around it.
  const [anonymous] = (await build({ ...options, define: { WORKER_VERSION: '""' } })).outputFiles;
  const hash = createHash("sha256")
    .update(anonymous?.contents ?? "")
    .digest("hex")
    .slice(0, 8);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const named = await build({ ...options, define: { WORKER_VERSION: JSON.stringify(`${version}+${hash}`) } });
  const [module] = named.outputFiles;
  if (!module) throw new Error("Expected a bundle of worker/handler.ts, but esbuild made none.");
  return module.contents;
}

if (argv[1] === import.meta.filename) {
  const asked = argv.slice(2) as WorkerTarget[];
  const targets =
    asked.length > 0 ? asked : [...new Set<WorkerTarget>(["linux-arm64", "linux-x64", hostTarget()])];
  for (const target of targets) console.log(await buildWorker(target));
}
