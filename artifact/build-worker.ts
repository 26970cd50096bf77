// Builds the Lambda artifact: a directory with the function and the renderer it starts, bundled, and sharp for the target's
// CPU. No Docker, the same bytes every time. Pulumi compares a directory by its names and bytes, so an unchanged worker is no change.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "esbuild";
import { isRuntimeFile, putInPlace, sharpFor, type WorkerTarget } from "./worker-native.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
/** Where the version belongs, until it is known. */
const VERSION_MARK = "WORKER-VERSION-MARK";

/** Of the machine at hand: what local mode runs. */
export function hostTarget(): WorkerTarget {
  return `${process.platform}-${process.arch}`;
}

/** Resolves to the artifact's directory, absolute. Its handler is `index.handler`. */
export async function buildWorker(target: WorkerTarget, dist = DIST): Promise<string> {
  const bundles = await bundleWorker();
  const directory = join(dist, `worker-${target}`);
  const native = sharpFor(target, dist);
  const stamp = join(dist, `.worker-${target}.stamp`);
  const contents = digest([...bundles.values(), Buffer.from(native.version)]);
  const isStamped = () => existsSync(stamp) && readFileSync(stamp, "utf8") === contents;
  if (existsSync(directory) && isStamped()) return directory;

  // Made beside its place and moved there whole: a build that is interrupted leaves no half artifact.
  const unfinished = `${directory}.unfinished-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const [name, bundle] of bundles) writeFileSync(join(unfinished, name), bundle);
  cpSync(native.modules, join(unfinished, "node_modules"), {
    recursive: true,
    dereference: true,
    filter: isRuntimeFile,
  });
  // The stamp is there, whole, before the directory it speaks of: what somebody else has just put there is never taken for
  // outdated, and removed under those who already read it.
  if (existsSync(directory) && !isStamped()) rmSync(directory, { recursive: true, force: true });
  writeFileSync(`${unfinished}.stamp`, contents);
  renameSync(`${unfinished}.stamp`, stamp);
  putInPlace(unfinished, directory);
  return directory;
}

/** File name to contents. Only the renderer loads sharp: the function starts without it. */
async function bundleWorker(): Promise<Map<string, Uint8Array>> {
  const bundling = build({
    entryPoints: {
      index: join(ROOT, "worker/handler.ts"),
      renderer: join(ROOT, "worker/isolation/renderer.ts"),
    },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    outdir: DIST,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node24",
    format: "esm",
    // What only some deployments or credentials need lies in files of its own, which are loaded when they are.
    splitting: true,
    // The SDK is bundled, not the runtime's: the version is ours, and its ESM half starts faster.
    mainFields: ["module", "main"],
    external: ["sharp"],
    define: { WORKER_VERSION: JSON.stringify(VERSION_MARK), RENDERER_ENTRY: '"./renderer.mjs"' },
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  const { outputFiles } = await keepAlive(bundling);
  // Afterwards, because the version within names the bytes around it.
  const hash = digest(outputFiles.map(({ contents }) => contents)).slice(0, 8);
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const named = (text: string) => Buffer.from(text.replaceAll(VERSION_MARK, `${version}+${hash}`));
  return new Map(outputFiles.map(({ path, text }) => [basename(path), named(text)]));
}

/** esbuild's process may end before it answers, with a Ctrl-C. Its pipes alone let ours end, too, before it has heard of that. */
async function keepAlive<Result>(work: Promise<Result>): Promise<Result> {
  const alive = setInterval(() => {}, 2 ** 30);
  return await work.finally(() => clearInterval(alive));
}

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
