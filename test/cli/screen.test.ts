// What a terminal shows while a command works: bars, lines and notes that make way for each other, and the screen of
// `status --watch`, which is written over itself.
import { expect } from "chai";
import sinon, { type SinonFakeTimers } from "sinon";
import { commandTextOf } from "../../cli/command-text.ts";
import { print } from "../../cli/run-status.ts";
import { readable } from "../../cli/terminal/printable.ts";
import { note, noteStop, progressBar, progressLine } from "../../cli/terminal/screen.ts";
import type { Status } from "../../operations/status.ts";
import { type FakeTerminal, fakeTerminal, takeOver } from "../support/fake-terminal.ts";

/** A bar is drawn again ten times a second. */
const REDRAW_MS = 100;

describe("on a terminal,", () => {
  let terminal: FakeTerminal;
  let clock: SinonFakeTimers;
  let giveBack: () => void;

  beforeEach(() => {
    terminal = fakeTerminal({ columns: 80, rows: 10 });
    giveBack = takeOver("stderr", terminal);
    clock = sinon.useFakeTimers();
  });
  afterEach(() => {
    clock.restore();
    giveBack();
  });

  it("a bar grows on one line, whatever is told beside it, and is gone when it stops", () => {
    const bar = progressBar("Uploading", 200);
    expect(terminal.lines()).to.deep.equal([`  Uploading… ${"─".repeat(24)} 0/200`]);
    expect(terminal.isAsItWas()).to.equal(false);
    bar.update(100, `${"folder/".repeat(30)}\u001b[31mred\n`);
    clock.tick(REDRAW_MS);
    const [line = "", ...others] = terminal.lines();
    expect(line).to.match(/^ {2}Uploading… ━{12}─{12} 100\/200 {2}folder.*….*�\[31mred�$/);
    expect(line.length).to.be.at.most(80);
    expect(others).to.deep.equal([]);
    bar.stop();
    expect([terminal.lines(), terminal.isAsItWas()]).to.deep.equal([[], true]);
    expect(terminal.cursor()).to.deep.equal({ row: 0, column: 0 });
  });

  it("a note takes the place of a bar, which goes on below, and stays when that is gone", () => {
    const bar = progressBar("Rendering", 4);
    bar.update(2, "cat.png");
    note(`It is paused.\n  ${"long ".repeat(20)}`);
    const noted = ["It is paused.", `  ${"long ".repeat(16).slice(0, 78)}`, "g long long long long"];
    expect(terminal.lines()).to.deep.equal([
      ...noted,
      `  Rendering… ${"━".repeat(12)}${"─".repeat(12)} 2/4  cat.png`,
    ]);
    bar.update(3, "");
    clock.tick(REDRAW_MS);
    expect(terminal.lines()[3]).to.match(/ 3\/4$/);
    bar.stop();
    expect(terminal.lines()).to.deep.equal(noted);
  });

  it("a bar leaves the terminal as it was, even when the process ends at once", () => {
    const listeners = process.listeners("exit");
    const bar = progressBar("Rendering", 4);
    const [atExit] = process.listeners("exit").filter((each) => !listeners.includes(each));
    atExit?.call(process, 0);
    expect(terminal.isAsItWas()).to.equal(true);
    bar.stop();
    expect(process.listeners("exit")).to.deep.equal(listeners);
  });

  it("Ctrl-C ends a bar for good", () => {
    const bar = progressBar("Rendering", 4);
    noteStop();
    bar.update(3, "late.png");
    clock.tick(REDRAW_MS);
    expect(terminal.lines()).to.deep.equal(["Stopping. Press Ctrl-C again to kill."]);
    bar.stop();
    note("Done.");
    expect(terminal.lines()).to.deep.equal(["Stopping. Press Ctrl-C again to kill.", "Done."]);
    expect(terminal.isAsItWas()).to.equal(true);
  });

  it("a line is written over again and again, and makes way for a note", () => {
    const line = progressLine();
    line.show("Following… 1 of 2; 100 messages waiting");
    line.show("Following… 2 of 2");
    expect(terminal.lines()).to.deep.equal(["  Following… 2 of 2"]);
    note("It is paused.");
    line.show("Following… 2 of 2");
    line.clear();
    expect(terminal.lines()).to.deep.equal(["It is paused."]);
  });

  it("sentences are broken between words, and commands are not, so that they can be copied", () => {
    const command = `  darkroom resume --outputs ${"a/".repeat(40)}`;
    const sentence = `Nobody is here to confirm: add --yes to pause the work and the backfill lane of ${"x".repeat(20)}.`;
    const lines = readable(`${sentence}\n${command}`).split("\n");
    expect(lines.at(-1)).to.equal(command);
    expect(lines.slice(0, -1)).to.have.length(2);
    for (const line of lines.slice(0, -1)) expect(line.length).to.be.at.most(80);
    giveBack();
    const isTerminal = process.stderr.isTTY;
    process.stderr.isTTY = false;
    expect(readable(sentence)).to.equal(sentence);
    process.stderr.isTTY = isTerminal;
  });
});

describe("status --watch", () => {
  const ROWS = 20;
  const open = { name: "stack prod", command: commandTextOf({ data: ".darkroom", stack: "prod" }) };
  const depth = { visible: 5, inFlight: 0, delayed: 0 };
  const statusOf = (reasons: number): Status => ({
    atMs: Date.parse("2026-01-02T03:04:05Z") + reasons,
    work: { ...depth, oldestSeconds: 5 },
    backfill: { visible: 0, inFlight: 0, delayed: 0 },
    deadLetters: {
      ...{ ...depth, visible: reasons, grouped: reasons },
      groups: Array.from({ length: reasons }, (_, index) => ({
        code: `REASON_${index}`,
        count: 1,
        ...{ newestMs: 0, oldestMs: 0, expiresMs: 1, examples: [] },
      })),
    },
    paused: reasons > 0 ? ["work"] : [],
  });

  it("is drawn over itself: nothing of it scrolls, and nothing of before is left", () => {
    const terminal = fakeTerminal({ columns: 80, rows: ROWS });
    const giveBack = takeOver("stdout", terminal);
    try {
      const screenOf = (status: Status) => {
        print(open, status, [status], { data: ".darkroom", watch: true });
        return terminal.lines();
      };
      const long = screenOf(statusOf(50));
      expect(long[0]).to.equal("stack prod  03:04:05");
      expect(long.length).to.be.below(ROWS);
      expect(long.slice(-2)).to.deep.equal(["… and 47 more reasons:", "  darkroom dlq list --stack prod"]);
      expect(long.join("\n")).to.include(
        "Paused   work; to go on:\n  darkroom resume --lane work --stack prod",
      );
      const short = screenOf(statusOf(0));
      const anew = fakeTerminal({ columns: 80, rows: ROWS });
      takeOver("stdout", anew);
      print(open, statusOf(0), [statusOf(0)], { data: ".darkroom", watch: true });
      expect(short).to.deep.equal(anew.lines());
      expect(short.at(-1)).to.equal("No dead letters.");
    } finally {
      giveBack();
    }
  });
});
