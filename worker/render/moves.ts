// Whether a variant has a rendition that moves. By itself, because the function asks it too, and starts without sharp.
import type { Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";

/** The one in WebP does, of an animation; other formats show the first frame. */
export function moves(header: Header, { animated, formats }: Variant): boolean {
  return animated && header.frames > 1 && formats.includes("webp");
}
