// A ready `srcset` per format. Its candidates must all show the same picture: one that is cropped to another shape
// would swap the motif when the window is resized. So only renditions with the shape of the widest one are in it.

interface Candidate {
  key: string;
  format: string;
  width: number;
  height: number;
}

export function srcsets(renditions: readonly Candidate[]): Record<string, string> {
  const formats = [...new Set(renditions.map(({ format }) => format))];
  return Object.fromEntries(
    formats.map((format) => [format, srcset(renditions.filter((rendition) => rendition.format === format))]),
  );
}

function srcset(renditions: readonly Candidate[]): string {
  const byWidth = renditions.toSorted((a, b) => a.width - b.width);
  const widest = byWidth.at(-1);
  const candidates = byWidth
    .filter((rendition) => hasShapeOf(rendition, widest))
    .filter(({ width }, index, alike) => width !== alike[index - 1]?.width);
  return candidates.map(({ key, width }) => `${urlPath(key)} ${width}w`).join(", ");
}

/** Sides are whole pixels: a height may be one off what the ratio says. */
function hasShapeOf(rendition: Candidate, widest: Candidate | undefined): boolean {
  if (widest === undefined) return false;
  return Math.abs((rendition.width * widest.height) / widest.width - rendition.height) <= 1;
}

/** Spaces and commas separate candidates, so a key cannot stand there as it is. */
function urlPath(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
