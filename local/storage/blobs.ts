// The bytes of objects: immutable files, written and closed before any row names them. A crash in between leaves a file
// that no row names; the sweep at start deletes those. A file that is being read stays until its last reader is done, so
// that an overwrite never cuts a download short. With `fsync`, a file and its name are on the disk before anybody hears of it.
import { randomUUID } from "node:crypto";
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeFileSync,
  writevSync,
} from "node:fs";
import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";

/** A part of an object. */
export interface Blob {
  file: string;
  bytes: number;
}

/** Chunks are gathered to this size before they are written: fewer system calls than the 64 KiB that sockets give. */
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;

export interface Blobs {
  /** Writes a new file; `tap` sees every chunk. The caller discards it when the row is not committed. */
  write(
    body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    tap: (chunk: Uint8Array) => void,
  ): Promise<Blob>;
  /** The bytes from `start` to `end`, both included, of blobs laid end to end. */
  read(blobs: readonly Blob[], start: number, end: number): Readable;
  /**
   * The same of a few bytes, at once; undefined when they are more. Four threads' worth of hand-overs cost more than the
   * reading, and nothing can delete the file meanwhile.
   */
  readSmall(blobs: readonly Blob[], start: number, end: number): Buffer | undefined;
  /** A second name for the same bytes. */
  copy(blob: Blob): Promise<Blob>;
  discard(blobs: Iterable<Blob>): void;
  /** Discards new blobs when the commit of the rows that name them fails. */
  keepIf<Result>(commit: Promise<Result>, blobs: Iterable<Blob>): Promise<Result>;
  /** Deletes every file that is not named. Only at start, when nothing is being written. Returns how many. */
  sweep(named: ReadonlySet<string>): Promise<number>;
}

export function openBlobs(folder: string, { fsync = false }: { fsync?: boolean } = {}): Blobs {
  const pathOf = (file: string) => join(folder, file.slice(0, 2), file);
  for (let index = 0; index < 256; index += 1) {
    mkdirSync(join(folder, index.toString(16).padStart(2, "0")), { recursive: true });
  }
  if (fsync) for (const path of [folder, dirname(folder)]) syncFolderSync(path);

  const readers = new Map<string, number>();
  const doomed = new Set<string>();

  function hold(blobs: Iterable<Blob>): void {
    for (const { file } of blobs) readers.set(file, (readers.get(file) ?? 0) + 1);
  }

  function release(blobs: Iterable<Blob>): void {
    for (const { file } of blobs) {
      const left = (readers.get(file) ?? 0) - 1;
      if (left > 0) readers.set(file, left);
      else readers.delete(file);
      if (left === 0 && doomed.delete(file)) remove(file);
    }
  }

  function discard(blobs: Iterable<Blob>): void {
    for (const { file } of blobs) {
      if (readers.has(file)) doomed.add(file);
      else remove(file);
    }
  }

  function remove(file: string): void {
    unlink(pathOf(file)).catch(() => {});
  }

  return {
    async write(body, tap) {
      const file = randomUUID();
      const sink = createSink(pathOf(file), fsync);
      try {
        for await (const chunk of body) {
          tap(chunk);
          await sink.add(chunk);
        }
        return { file, bytes: await sink.end() };
      } catch (error) {
        await sink.abandon();
        throw error;
      }
    },

    readSmall(blobs, start, end) {
      if (end - start >= READ_BYTES) return undefined;
      const slices = slicesOf(blobs, start, end).map(({ file, from, to }) =>
        readSlice(pathOf(file), from, to),
      );
      return slices.length === 1 ? slices[0] : Buffer.concat(slices);
    },

    read(blobs, start, end) {
      hold(blobs);
      const stream = Readable.from(range(blobs, start, end, pathOf), { objectMode: false });
      return stream.once("close", () => release(blobs));
    },

    async copy(blob) {
      const copy = randomUUID();
      hold([blob]);
      await link(pathOf(blob.file), pathOf(copy)).finally(() => release([blob]));
      if (fsync) await syncFolder(dirname(pathOf(copy)));
      return { file: copy, bytes: blob.bytes };
    },

    discard,

    keepIf: (commit, blobs) =>
      commit.catch((error: unknown) => {
        discard(blobs);
        throw error;
      }),

    async sweep(named) {
      const orphans = readdirSync(folder).flatMap((shard) =>
        readdirSync(join(folder, shard)).filter((file) => !named.has(file)),
      );
      await Promise.all(orphans.map((file) => unlink(pathOf(file)).catch(() => {})));
      return orphans.length;
    },
  };
}

/** A file's name is its folder's: without this, a power loss may take the name and leave the bytes. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

function syncFolderSync(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Gathers chunks. What fits in one piece is written at once, when the disk need not be waited for: see `readSmall`. */
function createSink(path: string, fsync: boolean) {
  let handle: FileHandle | undefined;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let total = 0;

  async function flush(): Promise<void> {
    handle ??= await open(path, "wx");
    if (held.length > 0) await writeFully(handle, held);
    held = [];
    heldBytes = 0;
  }

  return {
    async add(chunk: Uint8Array): Promise<void> {
      held.push(chunk);
      heldBytes += chunk.length;
      total += chunk.length;
      if (heldBytes >= WRITE_BYTES) await flush();
    },
    /** Resolves to the length, once the file is closed. */
    async end(): Promise<number> {
      if (!handle && !fsync) {
        writeAtOnce(path, held);
        return total;
      }
      await flush();
      if (fsync) await handle?.sync();
      await handle?.close();
      if (fsync) await syncFolder(dirname(path));
      return total;
    },
    async abandon(): Promise<void> {
      await handle?.close().catch(() => {});
      await unlink(path).catch(() => {});
    },
  };
}

function writeAtOnce(path: string, chunks: Uint8Array[]): void {
  const descriptor = openSync(path, "wx");
  try {
    const wanted = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const bytesWritten = chunks.length > 0 ? writevSync(descriptor, chunks) : 0;
    if (bytesWritten < wanted) writeFileSync(descriptor, Buffer.concat(chunks).subarray(bytesWritten));
  } finally {
    closeSync(descriptor);
  }
}

async function writeFully(handle: FileHandle, chunks: Uint8Array[]): Promise<void> {
  const wanted = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await handle.writev(chunks);
  // The kernel may take less than it was given, and says so.
  if (bytesWritten < wanted) await handle.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
}

interface Slice {
  file: string;
  from: number;
  /** Included. */
  to: number;
}

function slicesOf(blobs: readonly Blob[], start: number, end: number): Slice[] {
  let at = 0;
  return blobs.flatMap(({ file, bytes }) => {
    const from = Math.max(0, start - at);
    const to = Math.min(bytes - 1, end - at);
    at += bytes;
    return from <= to ? [{ file, from, to }] : [];
  });
}

function readSlice(path: string, from: number, to: number): Buffer {
  const slice = Buffer.allocUnsafe(to - from + 1);
  const descriptor = openSync(path, "r");
  try {
    const bytes = readSync(descriptor, slice, 0, slice.length, from);
    if (bytes < slice.length)
      throw new Error(`Expected ${slice.length} bytes in ${path}, but received ${bytes}.`);
    return slice;
  } finally {
    closeSync(descriptor);
  }
}

async function* range(blobs: readonly Blob[], start: number, end: number, pathOf: (file: string) => string) {
  for (const { file, from, to } of slicesOf(blobs, start, end))
    yield* createReadStream(pathOf(file), { start: from, end: to, highWaterMark: READ_BYTES });
}
