import { readdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import sinon from "sinon";
import { type Blob, type Blobs, openBlobs } from "../../../local/storage/blobs.ts";
import { rejection } from "../../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

describe("openBlobs", () => {
  let folder: TemporaryFolder;
  let blobs: Blobs;

  beforeEach(() => {
    folder = temporaryFolder();
    blobs = openBlobs(folder.path);
  });

  afterEach(() => folder.remove());

  const write = (...chunks: string[]) =>
    blobs.write(Readable.from(chunks.map((text) => Buffer.from(text))), () => {});
  const read = async (of: Blob[], start = 0, end = Number.MAX_SAFE_INTEGER) =>
    (await buffer(blobs.read(of, start, end))).toString();
  const files = () =>
    readdirSync(folder.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  /** Deleting is not waited for. */
  const filesAre = async (expected: string[]) => {
    while (files().length !== expected.length) await new Promise(setImmediate);
    expect(files()).to.have.members(expected);
  };

  it("writes chunks in order, however many", async () => {
    const chunks = Array.from({ length: 3000 }, (_, index) => `${index},`);
    const tapped: string[] = [];
    const body = Readable.from(chunks.map((text) => Buffer.from(text)));
    const blob = await blobs.write(body, (chunk) => tapped.push(Buffer.from(chunk).toString()));

    expect(await read([blob])).to.equal(chunks.join(""));
    expect(blob.bytes).to.equal(chunks.join("").length);
    expect(tapped).to.deep.equal(chunks);
  });

  it("reads any range across blobs, empty ones included", async () => {
    const parts = [await write("abc"), await write(), await write("defg"), await write("h")];
    for (let start = 0; start < 8; start += 1) {
      for (let end = start; end < 8; end += 1) {
        const expected = "abcdefgh".slice(start, end + 1);
        expect(await read(parts, start, end), `${start}-${end}`).to.equal(expected);
        expect(blobs.readSmall(parts, start, end)?.toString(), `${start}-${end} at once`).to.equal(expected);
      }
    }
    expect(await read([parts[1]!], 0, -1)).to.equal("");
  });

  it("reads at once only what is small", async () => {
    const blob = await write("x".repeat(1_000_000));

    expect(blobs.readSmall([blob], 0, 999_999)).to.equal(undefined);
    expect(blobs.readSmall([blob], 10, 20)?.toString()).to.equal("x".repeat(11));
  });

  it("leaves no file behind when the body fails", async () => {
    const failing = async function* () {
      yield Buffer.from("some");
      throw new Error("gone");
    };
    const error = await rejection(blobs.write(failing(), () => {}));

    expect(error.message).to.equal("gone");
    expect(files()).to.deep.equal([]);
  });

  it("keeps a discarded file until its last reader is done", async () => {
    const blob = await write("x".repeat(3_000_000));
    const first = blobs.read([blob], 0, blob.bytes - 1);
    const second = blobs.read([blob], 0, blob.bytes - 1);
    blobs.discard([blob]);
    expect((await buffer(first)).length).to.equal(blob.bytes);

    expect((await buffer(second)).length).to.equal(blob.bytes);
    await filesAre([]);
  });

  it("has nothing of a discarded file in memory", async () => {
    const blob = await write("bytes");
    blobs.readSmall([blob], 0, 4);
    blobs.discard([blob]);

    await filesAre([]);
    expect(() => blobs.readSmall([blob], 0, 4)).to.throw("ENOENT");
  });

  it("lets go of a file whose reader gives up", async () => {
    const blob = await write("x".repeat(3_000_000));
    const stream = blobs.read([blob], 0, blob.bytes - 1);
    blobs.discard([blob]);
    stream.destroy();

    await filesAre([]);
  });

  it("copies without copying bytes: the copy outlives the original", async () => {
    const blob = await write("bytes");
    const copied = blobs.copy(blob);
    blobs.discard([blob]);
    const copy = await copied;

    await filesAre([copy.file]);
    expect(await read([copy])).to.equal("bytes");
  });

  it("discards new blobs when the commit fails, and keeps them when it does not", async () => {
    const [kept, dropped] = [await write("kept"), await write("dropped")];
    await blobs.keepIf(Promise.resolve(), [kept]);
    await rejection(blobs.keepIf(Promise.reject(new Error("refused")), [dropped]));

    await filesAre([kept.file]);
  });

  it("waits for the disk with every file and its name, and only when asked to", async () => {
    const handle = await open(folder.path);
    await handle.close();
    const sync = sinon.spy(Object.getPrototypeOf(handle), "sync");
    try {
      await blobs.copy(await write("any"));
      expect(sync.callCount).to.equal(0);

      blobs = openBlobs(folder.path, { fsync: true });
      const blob = await write("safe");
      expect(sync.callCount, "the file, and its folder").to.equal(2);
      await blobs.copy(blob);
      expect(sync.callCount, "the folder of the copy").to.equal(3);
    } finally {
      sync.restore();
    }
  });

  it("sweeps files that no row names", async () => {
    const [named, orphan] = [await write("named"), await write("orphan")];
    const swept = await blobs.sweep(new Set([named.file]));

    expect(swept).to.equal(1);
    expect(files()).to.deep.equal([named.file]).and.not.include(orphan.file);
  });
});
