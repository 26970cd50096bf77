// Where the renderer's program lies: beside the bundle, whose build puts its name here, or here as it is.
import { fileURLToPath } from "node:url";

declare const RENDERER_ENTRY: string | undefined;

const file = typeof RENDERER_ENTRY === "undefined" ? "./renderer.ts" : RENDERER_ENTRY;

export const rendererEntry: string = fileURLToPath(new URL(file, import.meta.url));
