// One frame of the contact sheet: the photo, what it weighs in each format, and links to every rendition.
import type { Manifest, Rendition } from "../../operations/manifest.ts";
import { bytesText, durationText, savingText } from "../figures.ts";
import type { DoneReport } from "../report.ts";
import { type Html, html } from "./html.ts";
import { placeholderUrl } from "./placeholder.ts";

export const FORMAT_NAMES: Readonly<Record<string, string>> = {
  avif: "AVIF",
  webp: "WebP",
  jpeg: "JPEG",
  png: "PNG",
  gif: "GIF",
};

/** Best first: a browser takes the first it knows. */
const SOURCE_FORMATS = ["avif", "webp"] as const;

export function photo(source: DoneReport, number: number): Html {
  const { manifest } = source.outcome;
  const { width, height, format, frames } = manifest.source;
  return html`<article class="frame" style="${frameStyle(manifest)}">
${picture(manifest, number)}
<div class="caption">
<h3 class="key"><span class="number">${String(number).padStart(2, "0")}</span> ${keyText(source.key)}</h3>
<p class="facts"><span class="swatch" title="Placeholder and dominant colour ${manifest.dominantColour}"></span>
${width} × ${height} <span class="dot">·</span> ${FORMAT_NAMES[format] ?? format}${frames > 1 ? ` × ${frames}` : ""} <span class="dot">·</span> ${bytesText(source.bytes)}${elapsed(source)}</p>
${weights(source)}
${renditions(manifest.renditions)}
</div>
</article>`;
}

function frameStyle({ source, placeholder, dominantColour }: Manifest): string {
  const url = placeholderUrl(placeholder);
  return [
    `--ratio: ${source.width} / ${source.height}`,
    `--colour: ${/^#[0-9a-f]{6}$/i.test(dominantColour) ? dominantColour : "#333"}`,
    ...(url ? [`--placeholder: url(${url})`] : []),
  ].join("; ");
}

function picture(manifest: Manifest, number: number): Html {
  const largest = widest(manifest.renditions.filter(({ format }) => format === "jpeg" || format === "png"));
  const shown = largest ?? widest(manifest.renditions);
  if (!shown) return html``;
  const sources = SOURCE_FORMATS.filter((format) => manifest.srcset[format]).map(
    (format) => html`<source type="image/${format}" srcset="${manifest.srcset[format]}" sizes="${SIZES}">`,
  );
  return html`<a class="photo" href="${urlPath(shown.key)}"><picture>${sources}<img src="${urlPath(shown.key)}" srcset="${manifest.srcset[shown.format]}" sizes="${SIZES}" width="${manifest.source.width}" height="${manifest.source.height}" alt="${manifest.source.key}" loading="${number <= EAGER ? "eager" : "lazy"}"></picture></a>`;
}

/** A column of the sheet is never wider; on a phone it is the screen. */
const SIZES = "(min-width: 46rem) 25rem, 92vw";

/** About what a first screen shows. */
const EAGER = 8;

/** The folder steps back behind the name. A break is allowed after each slash. */
function keyText(key: string): Html {
  const names = key.split("/");
  const folders = names.slice(0, -1).map((name) => html`${name}/<wbr>`);
  return html`${folders.length > 0 ? html`<span class="folder">${folders}</span>` : undefined}${names.at(-1)}`;
}

function elapsed({ elapsedMs }: DoneReport): Html | undefined {
  return elapsedMs === undefined ? undefined : html` <span class="dot">·</span> ${durationText(elapsedMs)}`;
}

/** The widest rendition of each format against the source: what a large screen downloads. */
function weights({ bytes, outcome: { manifest } }: DoneReport): Html {
  const formats = [...new Set(manifest.renditions.map(({ format }) => format))];
  const rows = formats.flatMap((format) => {
    const rendition = widest(manifest.renditions.filter((candidate) => candidate.format === format));
    return rendition ? [weight(rendition, bytes)] : [];
  });
  return html`<ul class="weights">${rows}</ul>`;
}

function weight(rendition: Rendition, before: number): Html {
  const share = before === 0 ? 100 : Math.min(100, (rendition.bytes / before) * 100);
  return html`<li><span class="format">${FORMAT_NAMES[rendition.format]}</span><span class="track" aria-hidden="true"><span style="width: ${share.toFixed(1)}%"></span></span><span class="bytes">${bytesText(rendition.bytes)}</span><span class="saving">${savingText(before, rendition.bytes)}</span></li>`;
}

function renditions(all: readonly Rendition[]): Html {
  const variants = [...new Set(all.map(({ variant }) => variant))];
  const formats = [...new Set(all.map(({ format }) => format))];
  const rows = variants.map((variant) => row(variant, formats, all));
  return html`<details><summary>${all.length} renditions</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Variant</th>${formats.map((format) => html`<th scope="col">${FORMAT_NAMES[format]}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div></details>`;
}

function row(variant: string, formats: readonly string[], all: readonly Rendition[]): Html {
  const own = all.filter((rendition) => rendition.variant === variant);
  const cells = formats.map((format) => {
    const rendition = own.find((candidate) => candidate.format === format);
    if (!rendition) return html`<td>–</td>`;
    const label = `${variant} as ${FORMAT_NAMES[format]}, ${bytesText(rendition.bytes)}`;
    return html`<td><a href="${urlPath(rendition.key)}" aria-label="${label}">${bytesText(rendition.bytes)}</a></td>`;
  });
  const [first] = own;
  return html`<tr><th scope="row">${variant} <small>${first?.width} × ${first?.height}</small></th>${cells}</tr>`;
}

function widest(renditions: readonly Rendition[]): Rendition | undefined {
  return renditions.toSorted((a, b) => b.width - a.width)[0];
}

/** Relative to the page: the renditions lie beside it, below their own keys. */
function urlPath(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
