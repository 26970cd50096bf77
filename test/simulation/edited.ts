// The simulation over a copy of the worker with one edit in its source. Nothing is written: the edit is made while the
// module is loaded, and every module of ours that leads to it is loaded anew, so that copy and original never mix.
import { registerHooks } from "node:module";
import type { SourceEdit } from "./guards.ts";

const ROOT = new URL("../../", import.meta.url).href;
const MARK = "?edited=";
const edits: SourceEdit[] = [];

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const mark = context.parentURL?.split(MARK)[1];
    const isOurs = resolved.url.startsWith(ROOT) && !resolved.url.includes("/node_modules/");
    if (mark === undefined || !isOurs || resolved.url.includes(MARK)) return resolved;
    return { ...resolved, url: `${resolved.url}${MARK}${mark}` };
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const [file, mark] = url.slice(ROOT.length).split(MARK);
    const edit = edits[Number(mark)];
    if (mark === undefined || edit === undefined || file !== edit.file) return loaded;
    const text = String(Buffer.from(loaded.source as Uint8Array));
    if (text.split(edit.from).length !== 2) {
      throw new Error(
        `Expected "${edit.from}" once in ${edit.file}, but received another text: renew the edit.`,
      );
    }
    return { ...loaded, source: text.replace(edit.from, edit.to) };
  },
});

export async function simulateEdited(edit: SourceEdit): Promise<typeof import("./simulate.ts")["simulate"]> {
  const mark = edits.push(edit) - 1;
  const { simulate } = await import(`./simulate.ts${MARK}${mark}`);
  return simulate;
}
