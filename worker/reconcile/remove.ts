// The source is gone: delete the manifest, then every rendition found in the folder, listed or not.
//
// In that order, so that no reader follows a manifest to renditions that are gone, and so that a source uploaded again
// half-way is not taken for done. A worker that dies in between leaves nothing unknown: the next one lists the folder.
import { inParallel } from "./in-parallel.ts";
import { manifestKey } from "./keys.ts";
import type { Standing } from "./look.ts";
import type { World } from "./world.ts";

/** "overtaken" when something was replaced since it was seen: the source may be back, look again. */
export async function remove(
  key: string,
  { manifestEtag, renditionEtags }: Standing,
  { destination }: World,
): Promise<"removed" | "overtaken"> {
  if (manifestEtag !== undefined) {
    const manifest = await destination.delete(manifestKey(key), { ifMatch: manifestEtag });
    if (manifest === "precondition-failed") return "overtaken";
  }
  const renditions = await inParallel([...renditionEtags], ([name, ifMatch]) =>
    destination.delete(name, { ifMatch }),
  );
  return renditions.includes("precondition-failed") ? "overtaken" : "removed";
}
