import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { createReader, type Reader } from "../../../local/storage/reader.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

describe("createReader", () => {
  let folder: TemporaryFolder;
  let reader: Reader;

  beforeEach(() => {
    folder = temporaryFolder();
    reader = createReader((file) => join(folder.path, file));
  });

  afterEach(() => folder.remove());

  const write = (file: string, text: string) => {
    writeFileSync(join(folder.path, file), text);
    return { file, bytes: text.length };
  };
  const takeFromDisk = ({ file }: { file: string }) => rmSync(join(folder.path, file));
  const readAll = (file: { file: string; bytes: number }) => reader.readSmall([file], 0, file.bytes - 1);

  it("has in memory what was asked for before, and any part of it", () => {
    const file = write("a", "abcdef");
    readAll(file);
    takeFromDisk(file);

    expect(readAll(file)?.toString()).to.equal("abcdef");
    expect(reader.readSmall([file], 2, 4)?.toString()).to.equal("cde");
  });

  it("forgets what is deleted", () => {
    const file = write("a", "abcdef");
    readAll(file);
    takeFromDisk(file);
    reader.forget("a");

    expect(() => readAll(file)).to.throw("ENOENT");
  });

  it("does not take a part for the whole", () => {
    const file = write("a", "abcdef");
    reader.readSmall([file], 2, 4);

    expect(readAll(file)?.toString()).to.equal("abcdef");
  });

  it("holds no more than 64 MiB: the least recently asked for goes first", () => {
    const bytes = "x".repeat(256 * 1024);
    const [first, second] = [write("first", bytes), write("second", bytes)];
    readAll(first);
    readAll(second);
    for (let index = 0; index < 254; index += 1) readAll(write(`${index}`, bytes));
    readAll(first);
    readAll(write("one more", bytes));
    takeFromDisk(first);
    takeFromDisk(second);

    expect(readAll(first)?.length).to.equal(bytes.length);
    expect(() => readAll(second)).to.throw("ENOENT");
  });
});
