// Images that are texts, and imaging that is instant and a pure function of bytes and variant: what is simulated here is
// who writes when. Real images go through the real worker in test/worker/.
import type { Recipe } from "../../settings/recipe.ts";
import { Failure } from "../../worker/failure.ts";
import type { Header } from "../../worker/inspect/header.ts";
import { aRecipe, aWorld, renditionText } from "../support/small-world.ts";

const KINDS = ["plain", "corrupt", "huge", "slow"] as const;
export type Kind = (typeof KINDS)[number];

/** The reason for which no attempt can succeed. */
export const REJECTED_FOR: Partial<Record<Kind, string>> = { corrupt: "CORRUPT", huge: "MEMORY_BUDGET" };

/** What an environment has for rendering; a plain image needs up to 400, so they wait for each other. */
export const MEMORY_BYTES = 700;
const HUGE_BYTES = MEMORY_BYTES + 1;

/** Ends with a full stop, so that a cut one can be told. */
export function imageText(kind: Kind, serial: number): string {
  return `${kind} image ${serial}, ${"x".repeat(serial % 40)}.`;
}

export function kindOf(content: string): Kind {
  return KINDS.find((kind) => content.startsWith(kind)) ?? "plain";
}

export const { render } = aWorld();

export function inspect(bytes: Uint8Array): Header {
  const text = Buffer.from(bytes).toString();
  if (!text.endsWith(".")) throw new Failure("TRUNCATED", "The image ends too early.");
  if (kindOf(text) === "corrupt") throw new Failure("CORRUPT", "The image is damaged.");
  const isHuge = kindOf(text) === "huge";
  return {
    format: "jpeg",
    width: isHuge ? 40_000 : 4000,
    height: 3000,
    frames: 1,
    orientation: 1,
    kind: "jpeg-baseline",
    metadataBytes: 0,
  } as Header;
}

export function estimateMemoryBytes({ width }: Header, sourceBytes: number): number {
  return width > 4000 ? HUGE_BYTES : 200 + 3 * sourceBytes;
}

export interface WorkerVersion {
  workerVersion: string;
  recipe: Recipe;
}

/** The second one drops a format, changes a width and adds a variant. */
export const VERSIONS: readonly [WorkerVersion, WorkerVersion] = [
  { workerVersion: "1.0.0", recipe: aRecipe() },
  {
    workerVersion: "2.0.0",
    recipe: aRecipe({
      variants: [
        { name: "large", width: 1920, formats: ["webp"] },
        { name: "small", width: 480, formats: ["webp"] },
        { name: "square", width: 200, formats: ["jpeg"] },
      ],
    }),
  },
];

/** Name in the folder to content: what a version makes of a source, said without the worker. */
export function expectedSet(source: Buffer, { recipe }: WorkerVersion): Map<string, string> {
  return new Map(
    recipe.variants.flatMap(({ name, width = 100, formats }) =>
      formats.map(
        (format) => [`${name}.${format}`, renditionText(source, `${name}.${format}`, width)] as const,
      ),
    ),
  );
}
