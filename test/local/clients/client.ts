// What a command-line client of S3 is asked for, and how: each is a few lists of words.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Cloud } from "../../../local/cloud.ts";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 100_000_000;

/** Runs it; resolves to what it says, rejects with what it complains of. */
export type Ask = (words: readonly string[]) => Promise<string>;

export interface Client {
  command: string;
  /** Names of files that it cannot do, wherever it is, and why. */
  cannot?: { names: RegExp; because: string };
  environment?: Record<string, string>;
  create(bucket: string): string[];
  up(folder: string, bucket: string): string[];
  back(bucket: string, folder: string): string[];
  /** What else it does, after the round trip. */
  also(ask: Ask, bucket: string, folder: string): Promise<void>;
}

/** The part of the bucket that the round trip goes through. */
export const PREFIX = "all/";

export async function isInstalled({ command, environment }: Client, path: string): Promise<boolean> {
  try {
    await run(command, ["--version"], { env: { PATH: path, ...environment } });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

export function askingOf(
  { command, environment }: Client,
  { path, home }: { path: string; home: string },
): Ask {
  return async (words) => {
    const options = { env: { PATH: path, HOME: home, ...environment }, maxBuffer: MAX_OUTPUT_BYTES };
    try {
      const { stdout } = await run(command, [...words], options);
      return stdout;
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(`${words.slice(0, 3).join(" ")}: ${(stderr || message).trim().slice(-600)}`);
    }
  };
}

export function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`Expected ${part}, but received ${text.slice(0, 300)}`);
}

export function credentialsOf(cloud: Cloud) {
  return { ...cloud.iam.rootCredentials, host: new URL(cloud.endpoint).host };
}
