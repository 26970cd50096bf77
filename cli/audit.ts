// Who changed what, and when: one line of JSON for each change, appended to a file on the machine of whoever made it; and an
// item in the stack's catalog, when it has one, where others see it.
import { randomUUID } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import { homedir, hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { writeToCatalog } from "../operations/audit.ts";
import type { OpenTarget } from "./target.ts";
import { note } from "./terminal/screen.ts";

export interface Change {
  deed: "redrive" | "drop" | "import" | "repair" | "backfill" | "pause" | "resume";
  /** Which of what is there it was about. */
  filter: Record<string, unknown>;
  counts: Record<string, number>;
}

/** What operators' commands remember between two runs, and after. */
export function stateDirectory(): string {
  const { DARKROOM_STATE_DIR, XDG_STATE_HOME } = process.env;
  return DARKROOM_STATE_DIR ?? join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "darkroom");
}

/** A change that is made is not undone because it could not be written down: that is said instead. */
export async function recordChange(
  { target: { catalog }, name }: Pick<OpenTarget, "target" | "name">,
  change: Change,
): Promise<void> {
  const entry = { at: new Date().toISOString(), who: who(), target: name, ...change };
  await appendToJournal(entry);
  try {
    if (catalog) await writeToCatalog(catalog, entry, randomUUID());
  } catch (error) {
    note(`Not written down in the catalog ${catalog?.table}: ${(error as Error).message}.`);
  }
}

async function appendToJournal(entry: object): Promise<void> {
  const path = join(stateDirectory(), "audit.ndjson");
  try {
    await mkdir(dirname(path), { recursive: true });
    // One write of one line: of several commands at once, none ends up inside another's.
    await appendFile(path, `${JSON.stringify(entry)}\n`);
  } catch (error) {
    note(`Not written down in ${path}: ${(error as Error).message}.`);
  }
}

function who(): string {
  const { AWS_PROFILE } = process.env;
  return `${userName()}@${hostname()}${AWS_PROFILE ? ` as ${AWS_PROFILE}` : ""}`;
}

/** In a container, a user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
