// The focal point that an uploader gave an object: user metadata `focal-point: 0.3,0.8`, shares of the upright image's
// width and height. It can change while the bytes, and so the etag, stay: whoever compares etags compares it too.
import { type Recipe, variantsFor } from "../../settings/recipe.ts";
import { type FocalPoint, isCropped } from "../render/geometry.ts";
import type { StoredObject } from "./store.ts";

const SHARE = String.raw`\s*(0(?:\.\d+)?|1(?:\.0+)?|\.\d+)\s*`;
const FOCAL_POINT = new RegExp(`^${SHARE},${SHARE}$`);

/** Nothing for what is no point: an image is not rejected for it, and is cropped as its variant says. */
export function parseFocalPoint(text: string | undefined): FocalPoint | undefined {
  const [, x, y] = FOCAL_POINT.exec(text ?? "") ?? [];
  return x === undefined || y === undefined ? undefined : { x: Number(x), y: Number(y) };
}

/** Nothing where no variant crops: a point that changes then changes nothing, and costs nothing. */
export function focalPointOf(
  key: string,
  { metadata }: Pick<StoredObject, "metadata">,
  recipe: Recipe,
): FocalPoint | undefined {
  return isCropping(key, recipe) ? parseFocalPoint(metadata["focal-point"]) : undefined;
}

export function isCropping(key: string, recipe: Recipe): boolean {
  return variantsFor(recipe, key).some(isCropped);
}

export function isSamePoint(one: FocalPoint | undefined, other: FocalPoint | undefined): boolean {
  return one?.x === other?.x && one?.y === other?.y;
}
