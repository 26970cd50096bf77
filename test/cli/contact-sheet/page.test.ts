import { expect } from "chai";
import fc from "fast-check";
import { page } from "../../../cli/contact-sheet/page.ts";
import type { Report, SourceReport } from "../../../cli/report.ts";
import { aDoneSource, aManifest, aRejectedSource, aRendition } from "../../support/a-report.ts";

const options = { style: "p { color: red }", createdAt: new Date("2026-01-02T03:04:05Z") };

function pageOf(...sources: SourceReport[]): string {
  const report: Report = { stack: "dev", endpoint: "http://127.0.0.1:1", sources, elapsedMs: 1500 };
  return page(report, options);
}

/** The names of all elements, and of their attributes that run code. */
function elementsOf(html: string): string[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, name = ""]) => name);
}

describe("contact sheet", () => {
  it("shows a photo from its own renditions, the best format first", () => {
    const renditions = (["avif", "webp", "jpeg"] as const).map((format) =>
      aRendition({ format, key: `cat.jpg/large.${format}` }),
    );
    const manifest = aManifest({
      renditions,
      srcset: {
        avif: "cat.jpg/large.avif 1920w",
        webp: "cat.jpg/large.webp 1920w",
        jpeg: "cat.jpg/large.jpeg 1920w",
      },
    });

    const html = pageOf({ ...aDoneSource(), outcome: { state: "done", manifest } });

    expect(html).to.match(
      /<source type="image\/avif" srcset="cat.jpg\/large.avif 1920w"[^>]*><source type="image\/webp"[^>]*><img src="cat.jpg\/large.jpeg"/,
    );
    expect(html).to.include('width="3000" height="2000"');
    expect(html).to.include('alt="cat.jpg"');
    expect(html).to.match(/--placeholder: url\(data:image\/png;base64,/);
  });

  it("links to renditions beside it, with every odd character encoded", () => {
    const key = 'my photos/100% "é"?#:.jpg';
    const html = pageOf(aDoneSource(key, [aRendition({ key: `${key}/large.jpeg` })]));

    expect(html).to.include('href="my%20photos/100%25%20%22%C3%A9%22%3F%23%3A.jpg/large.jpeg"');
  });

  it("shows what a key says, and never runs it", () => {
    const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>.jpg`;
    const ordinary = elementsOf(pageOf(aDoneSource("a/b.jpg"), aRejectedSource("b.jpg")));

    const html = pageOf(aDoneSource(hostile), aRejectedSource(hostile, hostile));

    expect(elementsOf(html)).to.deep.equal(ordinary);
    expect(html).to.include("&lt;script&gt;alert(1)&lt;/");
  });

  it("has the same elements whatever the worker and the keys say", () => {
    const ordinary = elementsOf(pageOf(aDoneSource("a.jpg"), aRejectedSource("b.jpg")));
    const text = fc.string({
      unit: fc.constantFrom("<", ">", '"', "'", "&", "a", " ", ";", ")", "\\", "`", "$", "{"),
    });
    fc.assert(
      fc.property(text, (odd) => {
        const manifest = aManifest({
          source: { key: odd, format: odd },
          workerVersion: odd,
          recipe: odd,
          dominantColour: odd,
          placeholder: odd,
          renditions: [aRendition({ key: odd, variant: odd })],
          srcset: { jpeg: odd },
        });
        const html = pageOf(
          { ...aDoneSource(odd), outcome: { state: "done", manifest } },
          aRejectedSource(odd, odd),
        );
        expect(elementsOf(html)).to.deep.equal(ordinary);
      }),
      { seed: 22, numRuns: 300 },
    );
  });

  it("keeps a colour that is none out of the style", () => {
    const manifest = aManifest({ dominantColour: "red; background: url(//example.com)" });

    const html = pageOf({ ...aDoneSource(), outcome: { state: "done", manifest } });

    expect(html).to.match(/style="--ratio: 3000 \/ 2000; --colour: #333; /);
  });

  it("needs nothing from anywhere else", () => {
    const html = pageOf(aDoneSource(), aRejectedSource());

    expect(html.replaceAll(/url\(data:[^)]*\)/g, "")).to.not.match(/\/\/|url\(|@import/);
    expect(html).to.include("<style>p { color: red }</style>");
  });

  it("tells why a source was rejected, and what that means", () => {
    const html = pageOf(aRejectedSource("broken.jpg", "It ends after 10 bytes."));

    expect(html).to.include("TRUNCATED");
    expect(html).to.include("It ends after 10 bytes.");
    expect(html).to.include("The file ends too early");
    expect(html).to.include("No source could be rendered.");
  });

  it("tells sources that may still succeed apart from rejected ones", () => {
    const html = pageOf({ ...aRejectedSource("slow.jpg"), outcome: { state: "pending" } });

    expect(html).to.include("Not finished");
    expect(html).to.not.include(">Rejected<");
  });

  it("adds up what was saved", () => {
    const renditions = [
      aRendition({ variant: "large", width: 1920, bytes: 300_000 }),
      aRendition({ variant: "large", width: 1920, bytes: 100_000, format: "avif" }),
      aRendition({ variant: "small", width: 320, bytes: 10_000 }),
    ];

    const html = pageOf(aDoneSource("a.jpg", renditions));

    expect(html).to.include('1 MB <span class="arrow">→</span> 100 kB <small>−90%</small>');
    expect(html).to.include("410 kB");
  });
});
