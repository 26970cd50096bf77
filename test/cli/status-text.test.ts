// The screen of `darkroom status --watch`.
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { columnsOf } from "../../cli/terminal/printable.ts";
import { sparkline } from "../../cli/terminal/sparkline.ts";
import { statusText } from "../../cli/terminal/status.ts";
import type { Status } from "../../operations/status.ts";

const NOW = Date.parse("2026-01-02T03:04:05Z");

function aStatus(reasons: number): Status {
  const depth = (visible: number, inFlight = 0) => ({ visible, inFlight, delayed: 0 });
  const groups = Array.from({ length: reasons }, (_, index) => ({
    code: `UNSUPPORTED_FORMAT_${index}`,
    count: 100_000 - index,
    ...{ newestMs: NOW - 60_000, oldestMs: NOW - 3_600_000, expiresMs: NOW + 86_400_000, examples: [] },
  }));
  return {
    atMs: NOW,
    ...{ work: depth(1_234_567, 480), backfill: depth(0) },
    deadLetters: { ...depth(reasons * 100_000), groups, grouped: 1000 },
    working: { atLeast: 48, limit: 205 },
  };
}

describe("the screen of the status", () => {
  const pace = { perSecond: 12.34, overSeconds: 15, remainingSeconds: 100_088, errorSeconds: 4321 };
  const waiting = Array.from({ length: 48 }, (_, index) => index * 1000);
  const lines = (reasons: number, maxRows: number | undefined, name = "stack prod") =>
    stripVTControlCharacters(statusText(name, aStatus(reasons), { pace, waiting, maxRows })).split("\n");

  it("says what is to do, how fast that shrinks, when it is done, and how many are at work", () => {
    const screen = lines(1, undefined);

    expect(screen[0]).to.equal("stack prod  03:04:05");
    expect(screen).to.include.members([
      "To do    1,235,047 messages",
      "Shrinks  by 12.3 a second in the last 15s",
      "Drained  in about 1d 3h, give or take 1h 12m",
      "At work  at least 48 of 205 invocations",
    ]);
  });

  it("fits 80 columns and the rows there are, and says what it leaves out", () => {
    const name = `local mode at /a/very/long/${"path/".repeat(20)}`;
    for (const [reasons, rows] of [
      [0, 24],
      [3, 24],
      [30, 24],
      [30, 40],
    ] as const) {
      const screen = lines(reasons, rows, name);
      expect(Math.max(...screen.map(columnsOf))).to.be.at.most(80);
      expect(screen.length).to.be.at.most(rows);
    }
    expect(lines(30, 24).at(-1)).to.match(/^… and \d+ more reasons: darkroom dlq list$/);
    expect(lines(30, undefined)).to.have.length.above(40);
  });

  it("does not say when it is done while it grows", () => {
    const growing = { perSecond: -3, overSeconds: 15, remainingSeconds: undefined, errorSeconds: undefined };
    const text = statusText("x", aStatus(0), { pace: growing, waiting: [], maxRows: undefined });

    expect(text).to.include("as much arrives as is done").and.to.not.include("Drained");
  });
});

describe("sparkline", () => {
  it("is as high as the highest, and shows what is not nothing", () => {
    expect(sparkline([0, 1, 50, 51, 100, 400])).to.equal(" ▁▁▂▂█");
  });
});
