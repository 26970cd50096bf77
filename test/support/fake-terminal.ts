// A terminal that nobody sits at: what is written to it becomes what somebody would see. It knows what we write, and throws
// for any other escape sequence.
import { Writable } from "node:stream";

export interface FakeTerminal {
  stream: NodeJS.WriteStream;
  /** Without what is empty at the ends of lines and of the screen. */
  lines(): string[];
  /** The cursor is to be seen, and lines are wrapped. */
  isAsItWas(): boolean;
  cursor(): { row: number; column: number };
}

const ESCAPE = "\u001b";
const SEQUENCE = /^(?:[78]|\[\??[\d;]*[A-Za-z])/;

interface Place {
  row: number;
  column: number;
}

export function fakeTerminal({ columns = 80, rows = 24 } = {}): FakeTerminal {
  let cells: string[][] = Array.from({ length: rows }, () => []);
  let at: Place = { row: 0, column: 0 };
  let saved: Place = at;
  let isHidden = false;
  let wraps = true;

  const lineAt = (row: number) => (cells[row] ??= []);
  const newLine = () => {
    at = { row: at.row + 1, column: 0 };
    if (at.row < rows) return;
    cells = [...cells.slice(1), []];
    at.row = rows - 1;
  };
  const put = (character: string) => {
    if (at.column >= columns && wraps) newLine();
    at.column = Math.min(at.column, columns - 1);
    const line = lineAt(at.row);
    while (line.length < at.column) line.push(" ");
    line[at.column] = character;
    at.column += 1;
  };
  const eraseBelow = () => {
    lineAt(at.row).splice(at.column);
    cells = cells.map((line, row) => (row > at.row ? [] : line));
  };
  const deeds: Record<string, () => void> = {
    "[H": () => (at = { row: 0, column: 0 }),
    "[K": () => lineAt(at.row).splice(at.column),
    "[0K": () => lineAt(at.row).splice(at.column),
    "[2K": () => lineAt(at.row).splice(0),
    "[J": eraseBelow,
    "7": () => (saved = { ...at }),
    "8": () => (at = { ...saved }),
    "[?25l": () => (isHidden = true),
    "[?25h": () => (isHidden = false),
    "[?7l": () => (wraps = false),
    "[?7h": () => (wraps = true),
  };
  const obey = (sequence: string) => {
    const column = /^\[(\d+)G$/.exec(sequence)?.[1];
    if (column !== undefined) at = { ...at, column: Number(column) - 1 };
    else if (deeds[sequence]) deeds[sequence]();
    else if (!sequence.endsWith("m")) throw new Error(`This terminal does not know ${sequence}.`);
  };

  const print = (character: string) => {
    if (character === "\n") newLine();
    else if (character === "\r") at = { ...at, column: 0 };
    else put(character);
  };

  function write(text: string): boolean {
    const [plain = "", ...others] = text.split(ESCAPE);
    for (const character of plain) print(character);
    for (const part of others) {
      const [sequence = ""] = SEQUENCE.exec(part) ?? [];
      obey(sequence);
      for (const character of part.slice(sequence.length)) print(character);
    }
    return true;
  }

  return {
    stream: Object.assign(new Writable(), { write, isTTY: true, columns, rows }) as never,
    lines: () => {
      const all = cells.map((line) => line.join("").trimEnd());
      return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
    },
    isAsItWas: () => !isHidden && wraps,
    cursor: () => ({ ...at }),
  };
}

/** Takes the place of one of this process's own, until it is given back. */
export function takeOver(name: "stdout" | "stderr", { stream }: FakeTerminal): () => void {
  const own = Object.getOwnPropertyDescriptor(process, name) ?? {};
  Object.defineProperty(process, name, { value: stream, configurable: true });
  return () => void Object.defineProperty(process, name, own);
}
