// One source, its set and its dead letters, for `darkroom show`.
import type { SourceReport } from "../../operations/source-report.ts";
import { bytesText } from "../figures.ts";
import { deadLetterText } from "./dead-letters.ts";
import { printable } from "./printable.ts";
import { paint } from "./screen.ts";
import { plainTable } from "./table.ts";

export function sourceReportText(report: SourceReport): string {
  const { key, deadLetters } = report;
  return [
    paint("bold", printable(key)),
    sourceLines(report),
    setText(report),
    ...deadLetters.map(deadLetterText),
  ].join("\n\n");
}

function sourceLines({ source }: SourceReport): string {
  if (!source) return "Source     not in the source bucket";
  const { bytes, contentType = "no type", lastModified = "", etag } = source;
  return `Source     ${bytesText(bytes)}, ${printable(contentType)}, ${lastModified}\n           etag ${etag}`;
}

function setText({ source, set, manifest }: SourceReport): string {
  if (!manifest) return "Set        none";
  const { format, width, height } = manifest.source;
  const state = set === "current" ? paint("green", "of the source as it is now") : staleText(source);
  const head = `Set        ${state}\n           ${format}, ${width} × ${height}, by worker ${manifest.workerVersion}, recipe ${manifest.recipe}`;
  const table = plainTable(
    [
      { name: "Rendition", columns: 24 },
      { name: "Size", align: "right", columns: 14 },
      { name: "Bytes", align: "right", columns: 12 },
    ],
    manifest.renditions.map((rendition) => [
      `${rendition.variant}.${rendition.format}`,
      `${rendition.width} × ${rendition.height}`,
      bytesText(rendition.bytes),
    ]),
  );
  return `${head}\n\n${table}`;
}

function staleText(source: SourceReport["source"]): string {
  return paint(
    "yellow",
    source ? "of earlier content: the newest is not rendered" : "of a source that is gone",
  );
}
