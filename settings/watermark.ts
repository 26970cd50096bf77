// A mark over a rendition. The file lies beside the Pulumi program and travels with the worker, named by its content there:
// so another file makes another recipe, and sets are made anew; and a worker never is without its mark.
import * as v from "valibot";
import { described, oneOf, share, text } from "./shapes.ts";

/** As on a compass whose north is up. */
const GRAVITIES = [
  "centre",
  "north",
  "northeast",
  "east",
  "southeast",
  "south",
  "southwest",
  "west",
  "northwest",
] as const;

/** It is read anew for each renderer, and lies in the artifact, which Lambda limits. */
export const MAX_WATERMARK_BYTES = 1024 * 1024;
export const MAX_WATERMARK_SIDE = 2048;

export const WatermarkSchema = v.strictObject({
  image: described(
    text(/^[^\0]{1,250}\.png$/i, "the path of a .png file"),
    "From the folder of the program; with transparency, of at most 1 MiB and 2048 pixels a side.",
  ),
  gravity: v.optional(
    described(oneOf(GRAVITIES), "Which edge or corner it lies at, or the centre."),
    "southeast",
  ),
  scale: v.optional(
    described(share(0.01), "The share of the rendition's width and height that it fits into, whole."),
    0.25,
  ),
  opacity: v.optional(described(share(0.01), "Beside what its own transparency says."), 0.5),
  margin: v.optional(
    described(share(0, 0.5), "Its distance from the edges, as a share of the rendition's shorter side."),
    0.03,
  ),
});

export type Watermark = v.InferOutput<typeof WatermarkSchema>;
