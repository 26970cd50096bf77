// Steps 2 and 3: from a source object to the images that are due, without a write anywhere.
import type { Variant } from "../../settings/variant.ts";
import { Failure } from "../failure.ts";
import type { Header } from "../inspect/header.ts";
import type { RenderedImage } from "../render/encode.ts";
import type { FocalPoint } from "../render/geometry.ts";
import { download } from "./download.ts";
import type { Due } from "./look.ts";
import type { Manifest, ManifestSource } from "./manifest.ts";
import type { OpenObject } from "./store.ts";
import type { World } from "./world.ts";

export interface Made {
  source: ManifestSource;
  placeholder: string;
  dominantColour: string;
  images: RenderedImage[];
  bytesIn: number;
}

export async function make(
  key: string,
  { source, due, focalPoint }: Pick<Due, "source" | "due" | "focalPoint">,
  world: World,
): Promise<Made> {
  const { limits } = world.recipe;
  const bytes = await download(source, limits);
  const header = world.inspect(bytes, limits);
  const rendered = await render(bytes, header, due, focalPoint, world);
  const facts = { ...sourceFacts(key, source, header), ...(focalPoint && { focalPoint }) };
  return { ...rendered, source: facts, bytesIn: bytes.length };
}

/**
 * What brought its renderer down is tried once more in a new one before it is condemned, and alone if it was for memory:
 * the fault may have been damage that an earlier image did, or the appetite of its neighbours.
 */
async function render(
  bytes: Uint8Array,
  header: Header,
  due: readonly Variant[],
  focalPoint: FocalPoint | undefined,
  world: World,
) {
  const { memory, signal } = world;
  const neededBytes = world.estimateMemoryBytes(header, bytes.length, due);
  let attempts = 0;
  const attempt = () => {
    signal.throwIfAborted(); // time may have run out while it waited for memory
    attempts += 1;
    return world.render(bytes, header, due, { anew: attempts > 1, focalPoint });
  };
  try {
    return await memory.run(neededBytes, attempt);
  } catch (error) {
    if (!(error instanceof Failure) || attempts === 0) throw error;
    if (error.code === "RENDER_CRASHED") return memory.run(neededBytes, attempt);
    if (error.code === "MEMORY_BUDGET") return memory.runAlone(attempt);
    throw error;
  }
}

/** Where only the list of renditions has to change, what the last look at the pixels said still holds. */
export function makeNothing({ source, placeholder, dominantColour }: Manifest): Made {
  return { source, placeholder, dominantColour, images: [], bytesIn: 0 };
}

/** EXIF orientations from 5 on turn the image by a quarter: its width is then what the header calls height. */
const FIRST_QUARTER_TURN = 5;

function sourceFacts(key: string, object: OpenObject, header: Header): ManifestSource {
  const { format, frames, orientation } = header;
  const isTurned = orientation >= FIRST_QUARTER_TURN;
  return {
    key,
    etag: object.etag,
    ...(object.versionId !== undefined && { versionId: object.versionId }),
    bytes: object.bytes,
    format,
    width: isTurned ? header.height : header.width,
    height: isTurned ? header.width : header.height,
    frames,
    orientation,
  };
}
