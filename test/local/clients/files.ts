// Files that are hard on everybody who makes keys of names, requests of keys, and documents of both: drawn from a seed.
import { createCipheriv, createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type Seeded, seeded } from "../../support/seeded.ts";

const PIECES = [
  ..." +%&=?#;:,@$!*()[]{}|\\^~`<>'\"".split(""),
  ...["%20", "%2F", "%25", "%", "+ ", "  ", "&amp;", "<Key>", "..", "$(x)", "-", "_", "IMG_", "photo", "0"],
  ...[
    "\u00e4",
    "a\u0308",
    "\u00e9",
    "e\u0301",
    "\u00df",
    "\u65e5\u672c",
    "\u0645",
    "\u{1f39e}\ufe0f",
    "\u{1f469}\u200d\u{1f467}",
  ],
  ...["\u00a0", "\u200b", "\u2028", "\u2215", "\uff0f"],
];
const CONTROLS = ["\t", "\n", "\r", "\x01", "\x1f", "\x7f"];
/** In so many names is one of those. */
const CONTROLLED = 10;
const NAMES = [
  "plain.txt",
  ".hidden",
  "...",
  "-",
  "--help",
  " leading and trailing ",
  "ends like a folder\u2215",
  "ends like a folder%2F",
  ".dots/..two/.x",
  "nfc \u00fc/file",
  "nfd u\u0308/file",
  `${`${"deep-folder-name".repeat(12)}/`.repeat(5)}${"f".repeat(35)}`, // 1,000 bytes
  `${`${"\u{1f39e}".repeat(60)}/`.repeat(4)}${"f".repeat(36)}`, // 1,000 bytes too
];
const MiB = 1024 * 1024;
/** About the sizes from which clients put in parts. */
const LARGE = [20 * MiB, 9 * MiB + 1, 8 * MiB, 8 * MiB - 1, 5 * MiB, 15 * MiB + 1];
const MAX_SEGMENT_BYTES = 200;

export interface FilesOptions {
  seed: number;
  count: number;
  /** Names that the client cannot do. */
  without?: RegExp | undefined;
}

/** Returns the names, below the folder. */
export function plantFiles(folder: string, { seed, count, without }: FilesOptions): string[] {
  const random = seeded(seed);
  const names = [
    ...NAMES,
    ...Array.from({ length: count - NAMES.length }, (_, index) => nameOf(random, index)),
  ];
  const sizes = names.map((_, index) => LARGE[index] ?? sizeOf(random));
  const kept = [...names.keys()].filter((index) => !without?.test(names[index] ?? ""));
  for (const index of kept) write(join(folder, names[index] ?? ""), bytesOf(seed, index, sizes[index] ?? 0));
  return kept.map((index) => names[index] ?? "");
}

/** The number keeps names apart, and a file from being a folder as well. */
function nameOf(random: Seeded, index: number): string {
  const folders = Array.from({ length: random.below(3) }, () => segmentOf(random, `d${random.below(9)}`));
  const control = random.below(CONTROLLED) === 0 ? random.pick(CONTROLS) : "";
  return [...folders, segmentOf(random, `${control}f${index}`)].join("/");
}

function segmentOf(random: Seeded, unique: string): string {
  const draw = () => Array.from({ length: random.below(5) }, () => random.pick(PIECES)).join("");
  return Buffer.from(`${draw()}${unique}${draw()}`).subarray(0, MAX_SEGMENT_BYTES).toString();
}

function sizeOf(random: Seeded): number {
  const kind = random.below(20);
  if (kind === 0) return 0;
  return kind === 1 ? random.below(400_000) : random.below(8000);
}

function bytesOf(seed: number, index: number, length: number): Buffer {
  const key = createHash("sha256").update(`${seed} ${index}`).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Every file below a folder, by name. */
function filesIn(folder: string): [name: string, path: string][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path), path]);
}

/** SHA-256 by name. */
export function hashesOf(folder: string): Map<string, string> {
  const hash = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");
  return new Map(filesIn(folder).map(([name, path]) => [name, hash(path)]));
}

/** What changes when any file is written again, with the same bytes or others. */
export function stampOf(folder: string): string {
  const stamps = filesIn(folder).map(([name, path]) => {
    const { ino, size, ctimeMs } = statSync(path);
    return JSON.stringify([name, ino, size, ctimeMs]);
  });
  return stamps.sort().join("\n");
}
