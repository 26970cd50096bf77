// What may befall a process in the middle of an invocation, when faults are asked for.

export type Fate = { kind: "killed"; afterMs: number } | { kind: "frozen"; afterMs: number; forMs: number };

/** Returns what ends it: a process that is still frozen goes on. `pid` leads a process group. */
export function meet(fate: Fate | undefined, pid: number | undefined): () => void {
  if (!fate || pid === undefined) return () => {};
  if (fate.kind === "killed") return later(fate.afterMs, () => signal(pid, "SIGKILL"));
  const freezeTimer = later(fate.afterMs, () => signal(pid, "SIGSTOP"));
  const thawTimer = later(fate.afterMs + fate.forMs, () => signal(pid, "SIGCONT"));
  return () => {
    freezeTimer();
    thawTimer();
    signal(pid, "SIGCONT");
  };
}

function later(milliseconds: number, act: () => void): () => void {
  const timer = setTimeout(act, milliseconds);
  return () => clearTimeout(timer);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended by itself.
  }
}
