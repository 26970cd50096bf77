// Takes an object into memory: whole, or not at all. A cut download is NETWORK, so that it is retried and never mistaken
// for a corrupt image, nor for a manifest that is none.
import type { Limits } from "../../settings/recipe.ts";
import { Failure } from "../failure.ts";
import type { OpenObject } from "./store.ts";

export async function download(source: OpenObject, { maxBytes }: Limits): Promise<Uint8Array> {
  if (source.bytes > maxBytes) {
    source.discard();
    throw new Failure("TOO_MANY_BYTES", `The source has ${source.bytes} bytes; the limit is ${maxBytes}.`);
  }
  return readWhole(source);
}

export async function readWhole(object: OpenObject): Promise<Uint8Array> {
  const bytes = await object.read();
  if (bytes.length !== object.bytes) {
    throw new Failure("NETWORK", `The object has ${object.bytes} bytes, but ${bytes.length} arrived.`);
  }
  return bytes;
}
