// Images that are texts, and imaging that is instant and a pure function of bytes and variant: what is simulated here is
// who writes when. Real images go through the real worker in test/worker/.
import type { Recipe } from "../../settings/recipe.ts";
import { Failure } from "../../worker/failure.ts";
import type { Header } from "../../worker/inspect/header.ts";
import { aRecipe, aWorld, renditionText } from "../support/small-world.ts";

const KINDS = ["plain", "corrupt", "huge", "slow", "crashing", "hanging", "greedy"] as const;
export type Kind = (typeof KINDS)[number];

/** The reason for which no attempt can succeed. */
export const REJECTED_FOR: Partial<Record<Kind, string>> = {
  corrupt: "CORRUPT",
  huge: "MEMORY_BUDGET",
  crashing: "RENDER_CRASHED",
  hanging: "RENDER_TIMEOUT",
  greedy: "MEMORY_BUDGET",
};

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

export type WorkerVersions = readonly [WorkerVersion, WorkerVersion];

/** The second one drops a format, changes a width and adds a variant. */
export function workerVersions(immutable: boolean): WorkerVersions {
  const variants = [
    { name: "large", width: 1920, formats: ["webp"] },
    { name: "small", width: 480, formats: ["webp"] },
    { name: "square", width: 200, formats: ["jpeg"] },
  ];
  return [
    { workerVersion: "1.0.0", recipe: aRecipe({ immutable }) },
    { workerVersion: "2.0.0", recipe: aRecipe({ immutable, variants }) },
  ];
}

/** Of whatever lies in the destination bucket. Said without the worker, like all that judges here. */
export function sourceKeyOf(key: string): string {
  return key.split("/", 2).join("/");
}

/** Where in the folder of its source a rendition lies: whichever revision it is of counts as the same place. */
export function placeOf(key: string): string {
  return key.slice(sourceKeyOf(key).length + 1).replace(/^[0-9a-f]{16}\//, REVISION);
}

const REVISION = "<revision>/";

export function isImmutable(renditionKey: string): boolean {
  return placeOf(renditionKey).startsWith(REVISION);
}

/** Place to content: what a version makes of a source. */
export function expectedSet(source: Buffer, { recipe }: WorkerVersion): Map<string, string> {
  return new Map(
    recipe.variants.flatMap(({ name, width = 100, formats }) =>
      formats.map((format) => {
        const file = `${name}.${format}`;
        const place = recipe.immutable ? REVISION + file : file;
        return [place, renditionText(source, file, width)] as const;
      }),
    ),
  );
}
