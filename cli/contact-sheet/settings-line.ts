// The settings that made the sets, in a line, read back from the manifests: they say what was done, not what is
// configured by now.
import type { Manifest } from "../../operations/manifest.ts";
import { isDone, type Report } from "../report.ts";
import { type Html, html } from "./html.ts";
import { FORMAT_NAMES } from "./photo.ts";

export function settingsLine({ stack, sources }: Report): Html {
  const manifests = sources.filter(isDone).map(({ outcome }) => outcome.manifest);
  const parts = [`stack ${stack}`, ...variants(manifests), ...workers(manifests)];
  return html`<p>${parts.join(" · ")}</p>`;
}

/** A variant is as wide as the widest picture it made: narrower sources are not enlarged. */
function variants(manifests: readonly Manifest[]): string[] {
  const widths = new Map<string, number>();
  const formats = new Set<string>();
  for (const { variant, width, format } of manifests.flatMap(({ renditions }) => renditions)) {
    widths.set(variant, Math.max(width, widths.get(variant) ?? 0));
    formats.add(FORMAT_NAMES[format] ?? format);
  }
  if (widths.size === 0) return [];
  const sizes = [...widths].toSorted(([, a], [, b]) => a - b).map(([name, width]) => `${name} ${width}`);
  return [`${sizes.join(", ")} px wide`, [...formats].join(", ")];
}

function workers(manifests: readonly Manifest[]): string[] {
  const versions = new Set(manifests.map(({ workerVersion }) => workerVersion));
  const recipes = new Set(manifests.map(({ recipe }) => recipe.slice(0, 12)));
  return [
    ...[...versions].map((version) => `worker ${version}`),
    ...[...recipes].map((recipe) => `recipe ${recipe}`),
  ];
}
