// Sources and sets in one order, so that two listings of any length can be compared side by side with little held in memory.
//
// S3 lists keys by their bytes: the source `a` before `a-b`, but what is in the folder `a-b/` before what is in `a/`, and in the
// midst of that all of `a/b/`. The order that both can be brought into is that in which folders end: `a-b`, `a/b`, `a`.

/** Ends after everything in the folder, and before whatever comes next: "0" follows "/". */
export function compareEnds(one: string, other: string): number {
  return Buffer.compare(Buffer.from(`${one}0`), Buffer.from(`${other}0`));
}

export interface ListedObject {
  key: string;
  etag: string;
}

/** From the order of a listing to that of ends. Held back is only what other keys begin with. */
export async function* byEnd(objects: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject> {
  const open: ListedObject[] = [];
  for await (const object of objects) {
    for (const ended of endedBefore(object.key, open)) yield ended;
    open.push(object);
  }
  yield* open.toReversed();
}

function* endedBefore(key: string, open: ListedObject[]): Generator<ListedObject> {
  while (open.length > 0) {
    const last = open.at(-1) as ListedObject;
    if (key.startsWith(last.key) && key.charAt(last.key.length) < "0") return;
    open.pop();
    yield last;
  }
}

/** What lies in one folder of the destination bucket, as far as it can be a set. */
export interface Folder {
  path: string;
  hasManifest: boolean;
  /** Key to etag, of the renditions right in it. */
  renditions: Map<string, string>;
  /** Sub-folders that are named like a revision and have no manifest. */
  revisions: Folder[];
  /** For whoever reads the folders to say: there is a source of this path, so the folder may be its own. */
  hasSource: boolean;
}

const RENDITION_NAME = /^[a-z0-9-]+\.(avif|webp|jpeg|png)$/;
const MANIFEST_NAME = "manifest.json";
/** An immutable set lies in a folder of the source's own. */
const REVISION_NAME = /^[0-9a-f]{16}$/;

/** Folders by their end. One that is named like a revision comes by itself, and again with the folder it is in. */
export async function* foldersByEnd(objects: AsyncIterable<ListedObject>): AsyncGenerator<Folder> {
  const open: Folder[] = [];
  for await (const { key, etag } of objects) {
    const [path, name] = split(key);
    const isManifest = name === MANIFEST_NAME;
    if (path === "" || !(isManifest || RENDITION_NAME.test(name))) continue;
    yield* endedFolders(path, open);
    if (open.at(-1)?.path !== path) open.push(emptyFolder(path));
    const folder = open.at(-1) as Folder;
    if (isManifest) folder.hasManifest = true;
    else folder.renditions.set(key, etag);
  }
  yield* endedFolders("", open);
}

function* endedFolders(path: string, open: Folder[]): Generator<Folder> {
  while (open.length > 0) {
    const last = open.at(-1) as Folder;
    if (path === last.path || path.startsWith(`${last.path}/`)) return;
    open.pop();
    yield last;
    if (isLikeRevision(last)) attach(last, open);
  }
}

export function isLikeRevision({ path, hasManifest }: Folder): boolean {
  const [parent, name] = split(path);
  return !hasManifest && parent !== "" && REVISION_NAME.test(name);
}

function attach(revision: Folder, open: Folder[]): void {
  const [parent] = split(revision.path);
  if (open.at(-1)?.path !== parent) open.push(emptyFolder(parent));
  open.at(-1)?.revisions.push(revision);
}

function emptyFolder(path: string): Folder {
  return { path, hasManifest: false, renditions: new Map(), revisions: [], hasSource: false };
}

function split(key: string): [folder: string, name: string] {
  const at = key.lastIndexOf("/");
  return [key.slice(0, Math.max(0, at)), key.slice(at + 1)];
}
