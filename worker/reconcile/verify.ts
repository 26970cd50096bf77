// Step 5: is what was rendered still what is there? Whoever published a source that has changed since must look again,
// because the worker that was told of the change may have looked before.
import type { FocalPoint } from "../render/geometry.ts";
import { focalPointOf, isSamePoint } from "./focal-point.ts";
import type { World } from "./world.ts";

/** The source object as it was when it was read. */
export interface Origin {
  key: string;
  etag: string;
  focalPoint: FocalPoint | undefined;
}

export async function isOvertaken(origin: Origin, world: World): Promise<boolean> {
  const now = await world.source.head(origin.key);
  if (now === "absent" || now.etag !== origin.etag) return true;
  return !isSamePoint(focalPointOf(origin.key, now, world.recipe), origin.focalPoint);
}
