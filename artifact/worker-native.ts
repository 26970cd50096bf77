// sharp for a target platform: what the bundle cannot contain. worker/native has the lock file for all platforms.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";

/** As npm names platforms: `linux-arm64`, `darwin-arm64`, … */
export type WorkerTarget = `${string}-${string}`;

const ROOT = resolve(import.meta.dirname, "..");
const NATIVE = join(ROOT, "worker/native");

/** The tree of modules for the target, and a text that changes when the tree does. */
export function sharpFor(target: WorkerTarget, cache: string): { modules: string; version: string } {
  const lock = readFileSync(join(NATIVE, "package-lock.json"));
  const version = createHash("sha256").update(lock).digest("hex");
  const folder = join(cache, `.sharp-${target}-${version.slice(0, 8)}`);
  const modules = join(folder, "node_modules");
  if (existsSync(modules)) return { modules, version };

  // Made beside its place, like the artifact: what a killed build leaves behind is never taken for whole.
  const unfinished = `${folder}.unfinished-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  if (target === `${process.platform}-${process.arch}`) copyInstalled(lock, join(unfinished, "node_modules"));
  else install(target, unfinished);
  putInPlace(unfinished, folder);
  return { modules, version };
}

/** For this machine, npm has installed it already: no network is needed. */
function copyInstalled(lock: Buffer, modules: string): void {
  const { packages } = JSON.parse(lock.toString()) as {
    packages: Record<string, { version: string; optional?: true }>;
  };
  for (const [path, { version, optional }] of Object.entries(packages)) {
    const installed = join(ROOT, path);
    // Of what is optional, libraries are there for this machine only; the rest belongs to sharp's WebAssembly build.
    const isWanted =
      path !== "" && (!optional || path.startsWith("node_modules/@img/")) && existsSync(installed);
    if (!isWanted) continue;
    const found = (JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { version: string })
      .version;
    if (found !== version)
      throw new Error(
        `Expected ${path} ${version} (worker/native/package-lock.json), but ${found} is installed. Run npm ci.`,
      );
    cpSync(installed, join(modules, path.slice("node_modules/".length)), { recursive: true });
  }
}

function install(target: WorkerTarget, folder: string): void {
  const [os, cpu] = target.split("-");
  for (const file of ["package.json", "package-lock.json"]) cpSync(join(NATIVE, file), join(folder, file));
  // glibc: Lambda's Amazon Linux 2023 has 2.34.
  const platform = [`--os=${os}`, `--cpu=${cpu}`, ...(os === "linux" ? ["--libc=glibc"] : [])];
  execFileSync("npm", ["ci", ...platform, "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (readdirSync(join(folder, "node_modules/@img")).length === 0) {
    throw new Error(`Expected libraries of sharp for ${target}, but npm installed none.`);
  }
}

/** Moves it there whole, unless another build was faster: what is there already stays, since somebody may be reading it. */
export function putInPlace(made: string, place: string): void {
  try {
    renameSync(made, place);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    rmSync(made, { recursive: true });
  }
}

/** Leaves out what only people and compilers read. */
export function isRuntimeFile(path: string): boolean {
  const name = basename(path);
  const unread =
    /\.(d\.[cm]?ts|md|h|cc|gyp|map)$/.test(name) || name === ".bin" || name === ".package-lock.json";
  return !unread && !/node_modules\/sharp\/(src|install)$/.test(path.split(sep).join("/"));
}
