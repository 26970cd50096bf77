// Two buckets in memory and imaging that is instant and deterministic: what matters here is who writes when, and the
// renditions only have to say what they were made of. Real images go through the real worker in handler.test.ts.
import { createHash } from "node:crypto";
import type { Recipe } from "../../settings/recipe.ts";
import { parseRecipe } from "../../settings/settings.ts";
import type { Variant } from "../../settings/variant.ts";
import { Failure } from "../../worker/failure.ts";
import type { Header } from "../../worker/inspect/header.ts";
import { createMemoryBudget } from "../../worker/isolation/memory-budget.ts";
import type { World } from "../../worker/reconcile/world.ts";
import type { Rendered } from "../../worker/render/render.ts";
import { MemoryStore } from "./memory-store.ts";

export interface SmallWorld extends World {
  source: MemoryStore;
  destination: MemoryStore;
}

export function aRecipe(fields: Record<string, unknown> = {}): Recipe {
  const variants = [
    { name: "large", width: 1920, formats: ["webp", "jpeg"] },
    { name: "small", width: 320, formats: ["webp"] },
  ];
  return parseRecipe(JSON.stringify({ variants, ...fields }), "recipe");
}

export function aWorld(fields: Partial<World> = {}): SmallWorld {
  return {
    recipe: aRecipe(),
    workerVersion: "1.2.3",
    memory: createMemoryBudget(1000),
    nowMs: Date.now,
    signal: new AbortController().signal,
    inspect: inspectText,
    estimateMemoryBytes: () => 1,
    render: renderText,
    ...fields,
    source: new MemoryStore(),
    destination: new MemoryStore(),
  };
}

/** An "image" is any text; one that starts with "corrupt" is refused like a damaged file. */
function inspectText(bytes: Uint8Array): Header {
  if (Buffer.from(bytes).toString().startsWith("corrupt"))
    throw new Failure("CORRUPT", "The image is damaged.");
  return {
    format: "jpeg",
    width: 4000,
    height: 3000,
    frames: 1,
    orientation: 1,
    kind: "jpeg-baseline",
    metadataBytes: 0,
  } as Header;
}

async function renderText(
  source: Uint8Array,
  _header: Header,
  variants: readonly Variant[],
): Promise<Rendered> {
  const images = variants.flatMap(({ name, width = 100, formats }) =>
    formats.map((format) => ({
      variant: name,
      format,
      width,
      height: (width * 3) / 4,
      body: Buffer.from(renditionText(source, `${name}.${format}`, width)),
      contentType: `image/${format}`,
    })),
  );
  return { images, placeholder: digest(source), dominantColour: "#336699" };
}

export function renditionText(source: Uint8Array, name: string, width: number): string {
  return `${name} of ${digest(source)}, ${width} wide`;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 8);
}
