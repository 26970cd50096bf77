// Tables without lines: plain spaces between columns, so that they can be copied and grepped.
import Table from "cli-table3";
import { paint } from "./screen.ts";

export interface Column {
  name: string;
  align?: "left" | "right";
  /** With the two spaces before the next column; as wide as its widest cell when absent. */
  columns?: number;
}

export function plainTable(columns: readonly Column[], rows: readonly string[][]): string {
  const table = new Table({
    head: columns.map(({ name }) => paint("dim", name)),
    colAligns: columns.map(({ align = "left" }) => align),
    // cli-table3 takes null for "as wide as it must be".
    colWidths: columns.map(({ columns = null }) => columns) as number[],
    chars: NO_LINES,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows);
  return table.toString();
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
