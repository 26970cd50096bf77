// A row of numbers as a row of bars, for a glance.

const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The highest is the whole height; what is not nothing can be seen. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values);
  return values
    .map((value) => (value <= 0 ? " " : BARS[Math.ceil((value / highest) * BARS.length) - 1]))
    .join("");
}
