// All of it, the same bytes every time.
import { animatedCases } from "./animated.ts";
import type { Case } from "./case.ts";
import { jpegCases } from "./jpeg.ts";
import { avifCases, foreignCases, polyglotCases, truncatedCases } from "./others.ts";
import { pngBombs, pngCases } from "./png.ts";

export async function corpus(): Promise<Case[]> {
  return [...pngBombs(), ...(await lightCorpus())];
}

/** Without what takes long to make. */
export async function lightCorpus(): Promise<Case[]> {
  const parts = [
    pngCases(),
    await jpegCases(),
    await animatedCases(),
    await avifCases(),
    await foreignCases(),
    await polyglotCases(),
    await truncatedCases(),
  ];
  return parts.flat();
}
