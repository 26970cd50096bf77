import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../cli/exit-code.ts";
import { collectSources } from "../../cli/sources.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

describe("collectSources", () => {
  let folder: TemporaryFolder;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => {
    folder.remove();
  });

  const keysOf = async (...paths: string[]) => (await collectSources(paths)).map(({ key }) => key);

  it("walks a folder; keys start below it and are in order", async () => {
    folder.write("samples/b.jpg", "b");
    folder.write("samples/a/c d.jpg", "cc");

    expect(await collectSources([join(folder.path, "samples")])).to.deep.equal([
      { path: join(folder.path, "samples/a/c d.jpg"), key: "a/c d.jpg", bytes: 2 },
      { path: join(folder.path, "samples/b.jpg"), key: "b.jpg", bytes: 1 },
    ]);
  });

  it("takes a single file by its name", async () => {
    const file = folder.write("deep/down/cat.jpg", "cat");

    expect(await keysOf(file)).to.deep.equal(["cat.jpg"]);
  });

  it("leaves hidden files and folders out", async () => {
    folder.write(".DS_Store", "x");
    folder.write(".git/a.jpg", "x");
    folder.write("a.jpg", "a");

    expect(await keysOf(folder.path)).to.deep.equal(["a.jpg"]);
  });

  it("follows links, and ends when they lead in a circle", async () => {
    folder.write("a/cat.jpg", "cat");
    symlinkSync(folder.path, join(folder.path, "a/loop"));
    symlinkSync(join(folder.path, "a/cat.jpg"), join(folder.path, "linked.jpg"));
    symlinkSync(join(folder.path, "gone.jpg"), join(folder.path, "dangling.jpg"));

    expect(await keysOf(folder.path)).to.deep.equal(["a/cat.jpg", "linked.jpg"]);
  });

  it("refuses two files for one key", async () => {
    const one = folder.write("one/cat.jpg", "1");
    const other = folder.write("other/cat.jpg", "2");

    const error = await rejection(collectSources([one, other]));

    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.equal(`Two files have the key cat.jpg: ${one} and ${other}.`);
  });

  it("takes a file that is named twice once", async () => {
    const file = folder.write("cat.jpg", "cat");

    expect(await keysOf(file, file)).to.deep.equal(["cat.jpg"]);
  });

  it("refuses a path that is not there", async () => {
    const error = await rejection(collectSources(["no/such/path"]));

    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.equal(
      'Expected an existing file or folder for paths, but received "no/such/path".',
    );
  });

  it("refuses to do nothing", async () => {
    mkdirSync(join(folder.path, "empty"));

    const error = await rejection(collectSources([join(folder.path, "empty")]));

    expect(error.message).to.match(/^Expected at least one file for paths, but received/);
  });
});
