// What became of one source object. The names are those of the log lines.

export type Outcome =
  | { event: "rendered"; renditions: number; bytesIn: number; bytesOut: number }
  | { event: "unchanged" }
  | { event: "removed"; renditions: number }
  | { event: "ignored"; code: "SOURCE_GONE" };
