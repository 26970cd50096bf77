// Step 5: is what was rendered still what is there? Whoever published a source that has changed since must look again,
// because the worker that was told of the change may have looked before.
//
// An etag alone does not tell: a source that was removed and uploaded again unchanged has its earlier one, and the removal
// may have taken renditions along. Its version does or, in a bucket without versions, the second in which it was written.
import type { FocalPoint } from "../render/geometry.ts";
import { focalPointOf, isSamePoint } from "./focal-point.ts";
import type { StoredObject } from "./store.ts";
import type { World } from "./world.ts";

/** The source object as it was when it was read. */
export interface Origin {
  key: string;
  etag: string;
  /** What tells it from another upload of the same bytes. */
  upload: string;
  focalPoint: FocalPoint | undefined;
}

export function originOf(key: string, source: StoredObject, { recipe }: World): Origin {
  const focalPoint = focalPointOf(key, source, recipe);
  return { key, etag: source.etag, upload: uploadOf(source), focalPoint };
}

function uploadOf({ versionId, modified }: StoredObject): string {
  return `${versionId} ${modified}`;
}

export async function isOvertaken(origin: Origin, world: World): Promise<boolean> {
  const now = await world.source.head(origin.key);
  if (now === "absent" || now.etag !== origin.etag || uploadOf(now) !== origin.upload) return true;
  return !isSamePoint(focalPointOf(origin.key, now, world.recipe), origin.focalPoint);
}
