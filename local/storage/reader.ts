// How files are read: a few bytes at once, and from memory what was asked for lately; the others piece by piece.
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { LRUCache } from "lru-cache";

/** Laid end to end. */
type Files = readonly { file: string; bytes: number }[];

export interface Reader {
  /** Undefined when they are more than a few. */
  readSmall(files: Files, start: number, end: number): Buffer | undefined;
  pieces(files: Files, start: number, end: number): AsyncIterable<Uint8Array>;
  forget(file: string): void;
}

const READ_BYTES = 256 * 1024;
const MAX_REMEMBERED_BYTES = 64 * 1024 * 1024;

/** Files never change. */
export function createReader(pathOf: (file: string) => string): Reader {
  const remembered = new LRUCache<string, Buffer>({
    maxSize: MAX_REMEMBERED_BYTES,
    sizeCalculation: ({ length }) => length,
  });

  function recall({ file, from, to, isWhole }: Slice): Buffer {
    const known = remembered.get(file);
    if (known) return known.subarray(from, to + 1);
    const bytes = readSlice(pathOf(file), from, to);
    if (isWhole) remembered.set(file, bytes);
    return bytes;
  }

  return {
    readSmall(files, start, end) {
      if (end - start >= READ_BYTES) return undefined;
      const slices = slicesOf(files, start, end).map(recall);
      return slices.length === 1 ? slices[0] : Buffer.concat(slices);
    },
    async *pieces(files, start, end) {
      for (const { file, from, to } of slicesOf(files, start, end))
        yield* createReadStream(pathOf(file), { start: from, end: to, highWaterMark: READ_BYTES });
    },
    forget: (file) => void remembered.delete(file),
  };
}

interface Slice {
  file: string;
  from: number;
  /** Included. */
  to: number;
  isWhole: boolean;
}

function slicesOf(files: Files, start: number, end: number): Slice[] {
  let at = 0;
  return files.flatMap(({ file, bytes }) => {
    const from = Math.max(0, start - at);
    const to = Math.min(bytes - 1, end - at);
    at += bytes;
    return from <= to ? [{ file, from, to, isWhole: to - from + 1 === bytes }] : [];
  });
}

function readSlice(path: string, from: number, to: number): Buffer {
  const slice = Buffer.allocUnsafeSlow(to - from + 1); // Not of the pool, all of which it would keep alive.
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
