// Whoever waits for work to be done is told when nobody does it: otherwise nothing would happen for minutes, and nothing say why.
import { pausedIn, readMappings } from "../operations/status.ts";
import type { OpenTarget } from "./target.ts";
import { note } from "./terminal/screen.ts";

export async function notePause({ target, signal, command }: OpenTarget): Promise<void> {
  const paused = pausedIn((await readMappings(target, signal)) ?? []);
  if (paused.length === 0) return;
  const [lanes, are] =
    paused.length === 1 ? [`${paused[0]} lane`, "is"] : [`${paused.join(" and ")} lanes`, "are"];
  note(`The ${lanes} ${are} paused: nothing is done before\n  ${command("resume")}`);
}
