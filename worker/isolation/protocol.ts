// What the worker and a renderer say to each other, over the channel of child_process.fork in V8's own serialization.
// It copies: 5 ms an image (3 MB in, 0.6 MB out) where frames of our own over a socket take 3 and files 5, which is
// nothing beside a second of rendering, and it is no code of ours.
import type { Variant } from "../../settings/variant.ts";
import type { FailureCode } from "../failure.ts";
import type { Header } from "../inspect/header.ts";
import type { Rendered, RenderHints } from "../render/render.ts";

export interface RenderRequest extends RenderHints {
  source: Uint8Array;
  header: Header;
  variants: readonly Variant[];
}

export type Render = (
  source: Uint8Array,
  header: Header,
  variants: readonly Variant[],
  hints: RenderHints,
) => Promise<Rendered>;

/** `ready` comes once, when everything is loaded; then one answer for each request. */
export type RendererMessage =
  | { kind: "ready" }
  | { kind: "rendered"; rendered: Rendered }
  | { kind: "failed"; code: FailureCode; message: string; stack: string | undefined };
