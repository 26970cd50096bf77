// Numbers as people read them, the same on the terminal and on the contact sheet.
import prettyBytes from "pretty-bytes";
import prettyMilliseconds from "pretty-ms";

export function bytesText(bytes: number): string {
  return prettyBytes(bytes);
}

/** How much smaller `after` is: "−87%", or "+12%" when it is not. */
export function savingText(before: number, after: number): string {
  if (before === 0) return "–";
  const percent = Math.round((after / before - 1) * 100);
  if (percent === 0) return "0%";
  return percent < 0 ? `−${-percent}%` : `+${percent}%`;
}

export function durationText(milliseconds: number): string {
  return prettyMilliseconds(milliseconds, { secondsDecimalDigits: 1, millisecondsDecimalDigits: 0 });
}

/** In one unit: "13d", "4h", "20s". */
export function roughDurationText(milliseconds: number): string {
  return prettyMilliseconds(Math.max(0, milliseconds), { compact: true });
}

/** In its two largest units: "1h 36m", "29s". */
export function aboutText(milliseconds: number): string {
  return prettyMilliseconds(milliseconds, { unitCount: 2, secondsDecimalDigits: 0 });
}

/** "1 source", "12 sources" */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** "$28.90", "under $0.01" */
export function dollarsText(dollars: number): string {
  if (dollars > 0 && dollars < 0.01) return "under $0.01";
  return dollars.toLocaleString("en", { style: "currency", currency: "USD" });
}
