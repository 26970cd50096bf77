// The contact sheet: one HTML page beside the renditions, opened from disk, that needs nothing but them.
// A pure function of the report, so that what may stand in a key can be tested without a browser.
import { bytesText, countText, durationText, savingText } from "../figures.ts";
import { isDone, type Report, type SourceReport, totalsOf } from "../report.ts";
import { Html, html } from "./html.ts";
import { photo } from "./photo.ts";
import { problems } from "./problems.ts";
import { settingsLine } from "./settings-line.ts";

export interface PageOptions {
  /** The style sheet's text; it is put into the page. */
  style: string;
  createdAt: Date;
}

export function page(report: Report, { style, createdAt }: PageOptions): string {
  const done = report.sources.filter(isDone);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>Contact sheet · ${countText(done.length, "photo")}</title>
<style>${new Html(style)}</style>
</head>
<body>
<header class="masthead">
<div class="title">
<p class="wordmark">Darkroom</p>
<h1>Contact sheet</h1>
</div>
${figures(report)}
</header>
<main>
${done.length > 0 ? photos(done.map((source, index) => photo(source, index + 1))) : nothing(report.sources)}
${problems(report.sources.filter((source) => !isDone(source)))}
</main>
<footer class="colophon">
${settingsLine(report)}
<p><time datetime="${createdAt.toISOString()}">${createdAt.toISOString().slice(0, 16).replace("T", " ")} UTC</time></p>
</footer>
</body>
</html>
`.text;
}

function figures({ sources, elapsedMs }: Report): Html {
  const { done, renditions, before, after, widest } = totalsOf(sources);
  const share = done < sources.length ? html` <small>${done} rendered</small>` : undefined;
  return html`<dl class="figures">
<div><dt>Sources</dt><dd>${sources.length.toLocaleString("en")}${share}</dd></div>
<div><dt>Renditions</dt><dd>${renditions.toLocaleString("en")} <small>${bytesText(after)}</small></dd></div>
<div><dt>Source → widest rendition</dt><dd>${bytesText(before)} <span class="arrow">→</span> ${bytesText(widest)} <small>${savingText(before, widest)}</small></dd></div>
<div><dt>Elapsed</dt><dd>${durationText(elapsedMs)}</dd></div>
</dl>`;
}

function photos(frames: readonly Html[]): Html {
  return html`<section aria-labelledby="rendered">
<div class="bar">
<h2 id="rendered">Rendered</h2>
<label class="switch"><input type="checkbox" role="switch" id="placeholders"> Placeholders only</label>
</div>
<div class="sheet">
${frames}
</div>
</section>`;
}

function nothing(sources: readonly SourceReport[]): Html {
  return html`<p class="nothing">${sources.length === 0 ? "No sources." : "No source could be rendered."}</p>`;
}
