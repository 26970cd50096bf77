// The report for machines. Its names are public: other people's scripts depend on them.
import { problemOf, type Report, type SourceReport, totalsOf } from "./report.ts";

export interface Written {
  out: string;
  contactSheet: string;
}

export function jsonReport(report: Report, { out, contactSheet }: Written): string {
  const { stack, endpoint, sources, elapsedMs } = report;
  const document = {
    stack,
    endpoint,
    out,
    contactSheet,
    elapsedMs: Math.round(elapsedMs),
    totals: totalsOf(sources),
    sources: sources.map(jsonSource),
  };
  return JSON.stringify(document, null, 2);
}

function jsonSource(source: SourceReport) {
  const { key, bytes, elapsedMs, outcome } = source;
  return {
    key,
    bytes,
    state: outcome.state,
    ...(elapsedMs !== undefined && { elapsedMs }),
    ...(outcome.state === "rejected" && { retryable: outcome.retryable }),
    ...problemOf(source),
    ...(outcome.state === "done" && { renditions: outcome.manifest.renditions }),
  };
}
