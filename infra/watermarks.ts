// Watermarks on their way from files beside the program into the worker's artifact, where they are named by their content:
// another picture in the same file is another recipe. What is wrong with a file is known before anything is declared.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { expected, SettingsError } from "../settings/problem.ts";
import type { Settings } from "../settings/settings.ts";
import { MAX_WATERMARK_BYTES, MAX_WATERMARK_SIDE, type Watermark } from "../settings/watermark.ts";

/** Settings whose watermarks are where the worker has them, and the artifact with those. Throws a SettingsError. */
export function withWatermarks(settings: Settings, code: pulumi.asset.Archive) {
  const files = new Map<string, string>();
  const problems: string[] = [];
  const pinned = <Marked extends { watermark?: Watermark | undefined }>(
    variants: Marked[],
    name: string,
  ): Marked[] =>
    variants.map((variant, index) => {
      const { watermark } = variant;
      if (!watermark) return variant;
      const bytes = readMark(watermark.image);
      if (!bytes) {
        problems.push(expected(WANTED, `darkroom:${name}.${index}.watermark.image`, watermark.image));
        return variant;
      }
      const image = `marks/${contentName(bytes)}.png`;
      files.set(image, watermark.image);
      return { ...variant, watermark: { ...watermark, image } };
    });
  const variants = pinned(settings.variants, "variants");
  const presets = settings.presets.map((preset, index) =>
    typeof preset.variants === "string"
      ? preset
      : { ...preset, variants: pinned(preset.variants, `presets.${index}.variants`) },
  );
  if (problems.length > 0) throw new SettingsError(problems);
  return {
    settings: { ...settings, variants, presets },
    code: files.size === 0 ? code : archiveOf(code, files),
  };
}

function archiveOf(code: pulumi.asset.Archive, files: ReadonlyMap<string, string>): pulumi.asset.Archive {
  const marks = [...files].map(([name, path]) => [name, new pulumi.asset.FileAsset(path)] as const);
  return new pulumi.asset.AssetArchive({ ".": code, ...Object.fromEntries(marks) });
}

function contentName(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

const WANTED = `a whole PNG file of at most ${MAX_WATERMARK_BYTES} bytes and ${MAX_WATERMARK_SIDE} pixels a side`;

/** Nothing for what is no such file. */
function readMark(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    return isWholePng(bytes) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

const SIGNATURE = "\x89PNG\r\n\x1a\n";

/** By its size, and by the checksums of all of its chunks. */
function isWholePng(bytes: Buffer): boolean {
  if (bytes.length > MAX_WATERMARK_BYTES || bytes.toString("latin1", 0, 8) !== SIGNATURE) return false;
  let type = "";
  let at = 8;
  while (at + 12 <= bytes.length && type !== "IEND") {
    const end = at + 8 + bytes.readUInt32BE(at);
    type = bytes.toString("latin1", at + 4, at + 8);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end))
      return false;
    if (
      type === "IHDR" &&
      Math.max(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)) > MAX_WATERMARK_SIDE
    )
      return false;
    at = end + 4;
  }
  return type === "IEND";
}
