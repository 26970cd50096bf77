// The memory that processes cannot give back: anonymous and shared pages, not mapped files. Read from /proc, so on Linux
// only; elsewhere it is unknown and no memory limit holds.
import { readdirSync, readFileSync } from "node:fs";

/** Of all of them; nothing of those that are not there. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + residentBytesOf(pid), 0);
}

/** A process and its descendants. Asks each of their threads: that costs many times what their memory does. */
export function familyOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(familyOf)];
}

function residentBytesOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return (kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem")) * 1024;
  } catch {
    return 0;
  }
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}

/** Each thread lists the processes that it started. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => {
    try {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8");
      return children
        .split(" ")
        .filter((child) => child !== "")
        .map(Number);
    } catch {
      return []; // The thread has ended meanwhile.
    }
  });
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
