// The processes of this machine, as its own books have them: who started whom, and who is still there.
import { execFileSync } from "node:child_process";

/** Everything that the process started, and what that started, and so on. */
export function descendantsOf(pid: number): number[] {
  const children = running().filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child.pid, ...descendantsOf(child.pid)]);
}

/** One that has ended but was not yet waited for by its parent does not count. */
export function stillRunning(pids: readonly number[]): number[] {
  const known = new Set(running().map(({ pid }) => pid));
  return pids.filter((pid) => known.has(pid));
}

function running(): { pid: number; parent: number }[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = ""]) => !state.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}
