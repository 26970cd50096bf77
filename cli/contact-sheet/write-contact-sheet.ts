// Writes the contact sheet beside the renditions.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { page } from "./page.ts";

/** In this order. */
const STYLES = ["page.css", "frames.css", "problems.css"].map(
  (name) => new URL(`style/${name}`, import.meta.url),
);

/** Resolves to the page's path. */
export async function writeContactSheet(report: Report, folder: string): Promise<string> {
  const path = join(folder, "contact-sheet.html");
  const styles = await Promise.all(STYLES.map((style) => readFile(style, "utf8")));
  await writeFile(path, page(report, { style: styles.join("\n"), createdAt: new Date() }));
  return path;
}
