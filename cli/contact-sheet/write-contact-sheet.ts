// Writes the contact sheet beside the renditions.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { page } from "./page.ts";

const STYLE = new URL("style.css", import.meta.url);

/** Resolves to the page's path. */
export async function writeContactSheet(report: Report, folder: string): Promise<string> {
  const path = join(folder, "contact-sheet.html");
  await writeFile(path, page(report, { style: await readFile(STYLE, "utf8"), createdAt: new Date() }));
  return path;
}
