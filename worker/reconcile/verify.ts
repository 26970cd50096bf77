// Step 5: is what was rendered still what is there? Whoever published a source that has changed since must look again,
// because the worker that was told of the change may have looked before.
import type { World } from "./world.ts";

/** The source object as it was when it was read. */
export interface Origin {
  key: string;
  etag: string;
}

export async function isOvertaken(origin: Origin, world: World): Promise<boolean> {
  const now = await world.source.head(origin.key);
  return now === "absent" || now.etag !== origin.etag;
}
