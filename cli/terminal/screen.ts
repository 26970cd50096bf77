// What people see while the command works, on stderr: stdout is for what it came to, which may be piped on.
import { styleText } from "node:util";
import { SingleBar } from "cli-progress";
import { durationText } from "../figures.ts";
import { printable, readable, shorten } from "./printable.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours only where somebody sees them: styleText looks at NO_COLOR, FORCE_COLOR and whether it is a terminal. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

const CLEAR_LINE = "\r\u001b[2K";

/**
 * Shows a line for a piece of work: while it runs on a terminal, and when it is done anywhere. Without `doing`, the work
 * shows itself.
 */
export async function step<Result>(
  doing: string | undefined,
  work: () => Promise<Result>,
  done: (result: Result) => [what: string, details: string],
): Promise<Result> {
  const startedAt = performance.now();
  const { stderr } = process;
  if (stderr.isTTY && doing) stderr.write(`  ${paint("dim", `${doing}…`, stderr)}`);
  try {
    const result = await work();
    const [what, details] = done(result);
    const elapsed = durationText(performance.now() - startedAt);
    if (stderr.isTTY) stderr.write(CLEAR_LINE);
    stderr.write(
      `${paint("green", "✔", stderr)} ${what.padEnd(WHAT_COLUMNS)} ${details}  ${paint("dim", elapsed, stderr)}\n`,
    );
    return result;
  } catch (error) {
    if (stderr.isTTY) stderr.write(CLEAR_LINE);
    throw error;
  }
}

const WHAT_COLUMNS = 10;
const BAR_COLUMNS = 24;

export interface ProgressBar {
  update(count: number, details: string): void;
  stop(): void;
}

/** A bar that is gone when it stops; nothing at all where there is no terminal. */
export function progressBar(doing: string, total: number): ProgressBar {
  const { stderr } = process;
  if (!stderr.isTTY) return { update() {}, stop() {} };
  const bar = new SingleBar({
    stream: stderr,
    format: `  ${paint("dim", `${doing}…`.padEnd(WHAT_COLUMNS), stderr)} ${paint("cyan", "{bar}", stderr)} {value}/{total}  ${paint("dim", "{details}", stderr)}`,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    barsize: BAR_COLUMNS,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: null,
    gracefulExit: false,
  });
  const seen = { count: 0, details: "" };
  const shown: Shown = {
    show: () => bar.start(total, seen.count, { details: seen.details }),
    hide: () => bar.stop(),
    stop() {
      if (!bars.delete(shown)) return;
      process.off("exit", restoreTerminal);
      bar.stop();
    },
  };
  bars.add(shown);
  shown.show();
  // The second Ctrl-C ends the process at once; the bar has hidden the cursor, and keeps lines from being wrapped.
  process.on("exit", restoreTerminal);
  return {
    stop: shown.stop,
    update: (count, details) => {
      if (!bars.has(shown)) return;
      // What wraps is not overwritten; and keys are anybody's text.
      const room = (stderr.columns || 80) - BAR_COLUMNS - WHAT_COLUMNS - 2 * String(total).length - 9;
      Object.assign(seen, { count, details: shorten(printable(details), Math.max(4, room)) });
      bar.update(count, { details: seen.details });
    },
  };
}

interface Shown {
  show(): void;
  /** Gone from the screen, until it is shown again. */
  hide(): void;
  /** For good. */
  stop(): void;
}

/** Those that are to be seen. */
const bars = new Set<Shown>();

function restoreTerminal(): void {
  process.stderr.write("\u001b[?25h\u001b[?7h");
}

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** A line that is written over again and again; nothing at all where there is no terminal. */
export function progressLine(): ProgressLine {
  const { stderr } = process;
  if (!stderr.isTTY) return { show() {}, clear() {} };
  return {
    show: (text) => stderr.write(`${CLEAR_LINE}  ${paint("dim", text, stderr)}`),
    clear: () => stderr.write(CLEAR_LINE),
  };
}

/** On a terminal, in place of the line that shows what is under way. */
export function noteStop(): void {
  for (const bar of bars) bar.stop();
  note("Stopping. Press Ctrl-C again to kill.");
}

/** Takes the place of what shows the work under way, which goes on below. */
export function note(text: string): void {
  // A bar that stops later would wipe the line where it began.
  for (const bar of bars) bar.hide();
  process.stderr.write(`${process.stderr.isTTY ? CLEAR_LINE : ""}${readable(text)}\n`);
  for (const bar of bars) bar.show();
}
