import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { columnsOf, printable, shorten } from "../../cli/terminal/printable.ts";
import { summary } from "../../cli/terminal/summary.ts";
import { aDoneSource, aRejectedSource } from "../support/a-report.ts";

describe("printable", () => {
  it("disarms what would steer the terminal", () => {
    expect(printable("a\u001b[31mb\u001b]0;title\u0007\r\n\u202ec")).to.equal("a�[31mb�]0;title����c");
  });

  it("leaves names in any script as they are", () => {
    expect(printable("Ærø 写真 👩‍👩‍👧.jpg")).to.equal("Ærø 写真 👩‍👩‍👧.jpg");
  });
});

describe("shorten", () => {
  it("leaves out the middle", () => {
    expect(shorten("holidays/2024/norway/DSC_00042.jpg", 20)).to.equal("holida…DSC_00042.jpg");
  });

  it("leaves what fits as it is", () => {
    expect(shorten("cat.jpg", 7)).to.equal("cat.jpg");
  });

  it("never takes more columns than it was given", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "写", "é", "👩‍👩‍👧", "/") });
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), (long, columns) => {
        expect(columnsOf(shorten(long, columns))).to.be.at.most(columns);
      }),
      { seed: 23, numRuns: 1000 },
    );
  });
});

describe("summary", () => {
  const sources = [
    aDoneSource("holidays/2024/norway/a-long-way-up-the-mountain/DSC_00042.jpg"),
    aDoneSource("写真/日本の山と川とたくさんの花がある場所で撮った長い名前の写真.jpg"),
    aRejectedSource("broken.jpg", "It ends too early: ".repeat(20)),
  ];
  const report = { stack: "dev", endpoint: "", sources, elapsedMs: 14_230 };

  for (const columns of [80, 120]) {
    it(`fits ${columns} columns`, () => {
      const lines = stripVTControlCharacters(summary(report, columns)).split("\n");

      for (const line of lines) expect(columnsOf(line), line).to.be.at.most(columns);
    });
  }

  it("has a line for each source, its problem, and the totals", () => {
    const text = stripVTControlCharacters(summary(report, 80));

    expect(text).to.match(/DSC_00042\.jpg +1 +1 MB +200 kB +200 kB +−80% +500ms/);
    expect(text).to.match(/✖ broken.jpg {2}TRUNCATED\n {2}It ends too early:/);
    expect(text).to.include(
      "2 rendered, 1 rejected in 14.2s.\n2 renditions, 400 kB. Widest 400 kB of 2 MB (−80%).",
    );
  });
});
