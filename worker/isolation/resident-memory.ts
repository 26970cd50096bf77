// The memory that a process cannot give back: anonymous and shared pages, not mapped files. From /proc, so on Linux only;
// elsewhere it is unknown, and no memory limit holds.
import { readFileSync } from "node:fs";

/** 0 when unknown: no /proc, or no such process any more. */
export function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    return (kilobytes(status, "RssAnon") + kilobytes(status, "RssShmem")) * 1024;
  } catch {
    return 0;
  }
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}
