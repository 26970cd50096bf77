// `running.json`: where local mode is up for a data directory. One that a killed process left behind counts for nothing.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

export interface Running {
  pid: number;
  endpoint: string;
  region: string;
  /** Of the stack. */
  outputs: Record<string, unknown>;
}

/** Undefined when none is up. */
export async function findRunning(dataDirectory: string): Promise<Running | undefined> {
  const running = readRunning(dataDirectory);
  // The number of a dead process may be in use again; then nobody answers at its address.
  return running && isAlive(running.pid) && (await answers(running.endpoint)) ? running : undefined;
}

export function announceRunning(dataDirectory: string, running: Running): void {
  const path = pathIn(dataDirectory);
  writeFileSync(`${path}.new`, `${JSON.stringify(running, undefined, 2)}\n`);
  renameSync(`${path}.new`, path); // Readers never see half a file.
}

export function forgetRunning(dataDirectory: string): void {
  rmSync(pathIn(dataDirectory), { force: true });
}

function readRunning(dataDirectory: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(pathIn(dataDirectory), "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function answers(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, "running.json");
}
