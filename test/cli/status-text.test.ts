// The screen of `darkroom status --watch`.
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { commandTextOf } from "../../cli/command-text.ts";
import { columnsOf } from "../../cli/terminal/printable.ts";
import { sparkline } from "../../cli/terminal/sparkline.ts";
import { statusText } from "../../cli/terminal/status.ts";
import type { Status } from "../../operations/status.ts";

const TRAFFIC = { arrivedPerSecond: 3.14, donePerSecond: 1234.5 };
const command = commandTextOf({ data: ".darkroom", stack: "prod" });
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
    work: { ...depth(1_234_567, 480), oldestSeconds: 5000 },
    backfill: depth(0),
    deadLetters: { ...depth(reasons * 100_000), groups, grouped: 1000 },
    working: { atLeast: 48, limit: 205 },
  };
}

describe("the screen of the status", () => {
  const pace = {
    perSecond: 12.34,
    overSeconds: 15,
    remainingSeconds: 100_088,
    errorSeconds: 4321,
    ...TRAFFIC,
  };
  const waiting = Array.from({ length: 48 }, (_, index) => index * 1000);
  const lines = (reasons: number, maxRows: number | undefined, name = "stack prod") =>
    stripVTControlCharacters(statusText(name, aStatus(reasons), { pace, waiting, maxRows, command })).split(
      "\n",
    );

  it("says what is to do, how fast that shrinks, when it is done, and how many are at work", () => {
    const screen = lines(1, undefined);

    expect(screen[0]).to.equal("stack prod  03:04:05");
    expect(screen).to.include.members([
      "To do    1,235,047 messages",
      "Shrinks  by 12.3 a second in the last 15s",
      "Rates    about 3.1 a second arrive, 1,235 are done",
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
    expect(lines(30, 24).slice(-2).join("\n")).to.match(
      /^… and \d+ more reasons:\n {2}darkroom dlq list --stack prod$/,
    );
    expect(lines(30, undefined)).to.have.length.above(40);
  });

  it("says how old the oldest of each queue is, as far as it is known", () => {
    const oldestIn = (status: Status) => {
      const text = stripVTControlCharacters(
        statusText("x", status, { pace, waiting: [], maxRows: undefined, command }),
      );
      const rows = text.split("\n").filter((line) => /^(work|backfill|dead letters) /.test(line));
      return rows.map((row) => row.split(/ {2,}/).at(-1));
    };
    const status = aStatus(1);
    const { deadLetters } = status;

    expect(oldestIn(status)).to.deep.equal(["1h", "–", "not known"]);
    const { oldestSeconds, ...work } = status.work;
    const whole = { ...deadLetters, grouped: 100_000 };
    expect(oldestIn({ ...status, work, deadLetters: whole })).to.deep.equal(["not known", "–", "1h"]);
  });

  it("says what is paused, and how it goes on", () => {
    const pausedText = (paused: ("work" | "backfill")[]) =>
      statusText("x", { ...aStatus(0), paused }, { pace, waiting: [], maxRows: undefined, command });

    expect(pausedText([])).to.not.include("Paused");
    expect(stripVTControlCharacters(pausedText(["work"]))).to.include(
      "Paused   work; to go on:\n  darkroom resume --lane work --stack prod\n",
    );
    expect(pausedText(["work", "backfill"])).to.include("to go on:\n  darkroom resume --stack prod");
  });

  it("does not say when it is done while it grows", () => {
    const growing = {
      perSecond: -3,
      overSeconds: 15,
      remainingSeconds: undefined,
      errorSeconds: undefined,
      ...TRAFFIC,
    };
    const text = statusText("x", aStatus(0), { pace: growing, waiting: [], maxRows: undefined, command });

    expect(text).to.include("as much arrives as is done").and.to.not.include("Drained");
  });
});

describe("sparkline", () => {
  it("is as high as the highest, and shows what is not nothing", () => {
    expect(sparkline([0, 1, 50, 51, 100, 400])).to.equal(" ▁▁▂▂█");
  });
});
