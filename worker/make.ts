// Steps 2 and 3: from a source object to the images that are due, without a write anywhere.
import type { Variant } from "../settings/variant.ts";
import { download } from "./download.ts";
import type { Header } from "./inspect/inspect.ts";
import type { Manifest, ManifestSource } from "./manifest.ts";
import type { RenderedImage } from "./render/render.ts";
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
  object: OpenObject,
  due: readonly Variant[],
  world: World,
): Promise<Made> {
  const { limits } = world.recipe;
  const bytes = await download(object, limits);
  const header = world.inspect(bytes, limits);
  const rendered = await world.memory.run(world.estimateMemoryBytes(header, bytes.length, due), () => {
    world.signal.throwIfAborted(); // time may have run out while it waited for memory
    return world.render(bytes, header, due);
  });
  return { ...rendered, source: sourceFacts(key, object, header), bytesIn: bytes.length };
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
