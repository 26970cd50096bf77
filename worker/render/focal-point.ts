// The focal point that an uploader gave an object: user metadata `focal-point: 0.3,0.8`, shares of the upright image's
// width and height.
import type { FocalPoint } from "./geometry.ts";

const SHARE = String.raw`\s*(0(?:\.\d+)?|1(?:\.0+)?|\.\d+)\s*`;
const FOCAL_POINT = new RegExp(`^${SHARE},${SHARE}$`);

/** Nothing for what is no point: an image is not rejected for it, and is cropped as its variant says. */
export function parseFocalPoint(text: string | undefined): FocalPoint | undefined {
  const [, x, y] = FOCAL_POINT.exec(text ?? "") ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}
