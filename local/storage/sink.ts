// How a file is written: in few pieces, and with `fsync` so that a power loss takes neither its bytes nor its name.
import { closeSync, openSync, writeFileSync, writevSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** Chunks are gathered to this size before they are written: fewer system calls than the 64 KiB that sockets give. */
const WRITE_BYTES = 1024 * 1024;

/** Gathers chunks. What fits in one piece is written at once, when the disk need not be waited for: see `readSmall`. */
export function createSink(path: string, fsync: boolean) {
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

/** A file's name is its folder's: without this, a power loss may take the name and leave the bytes. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}
