// The memory that a process and its descendants cannot give back: anonymous and shared pages, not mapped files. Read from
// /proc, so on Linux only; elsewhere it is unknown and no memory limit holds.
import { readdirSync, readFileSync } from "node:fs";

/** Undefined where there is no /proc, or no such process. */
export function residentBytes(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = (kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem")) * 1024;
    return childrenOf(pid).reduce((sum, child) => sum + (residentBytes(child) ?? 0), own);
  } catch {
    return undefined;
  }
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}

/** Each thread lists the processes that it started. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
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
