// The bytes of objects: immutable files, written and closed before any row names them. A crash in between leaves a file
// that no row names; the sweep at start deletes those. A file that is being read stays until its last reader is done, so
// that an overwrite never cuts a download short. With `fsync`, a file and its name are on the disk before anybody hears of it.
import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { link, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { createReader } from "./reader.ts";
import { createSink, syncFolder } from "./sink.ts";

/** A part of an object. */
export interface Blob {
  file: string;
  bytes: number;
}

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

  const reader = createReader(pathOf);
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
    reader.forget(file);
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

    readSmall: reader.readSmall,

    read(blobs, start, end) {
      hold(blobs);
      const stream = Readable.from(reader.pieces(blobs, start, end), { objectMode: false });
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

function syncFolderSync(path: string): void {
  const descriptor = openSync(path, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}
