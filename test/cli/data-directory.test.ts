import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { prepareDataDirectory } from "../../cli/data-directory.ts";
import { UsageError } from "../../cli/exit-code.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

describe("data directory", () => {
  let folder: TemporaryFolder;
  let data: string;

  beforeEach(() => {
    folder = temporaryFolder();
    data = join(folder.path, "data");
  });

  afterEach(() => {
    folder.remove();
  });

  it("is made, and keeps its state from one start to the next", async () => {
    await prepareDataDirectory(data, { fresh: false });
    const state = folder.write("data/blobs/1", "state");

    await prepareDataDirectory(data, { fresh: false });

    expect(existsSync(state)).to.equal(true);
  });

  it("is emptied for a fresh start, and is still ours after it", async () => {
    await prepareDataDirectory(data, { fresh: false });
    const state = folder.write("data/blobs/1", "state");

    await prepareDataDirectory(data, { fresh: true });
    await prepareDataDirectory(data, { fresh: true });

    expect(existsSync(state)).to.equal(false);
  });

  for (const fresh of [true, false]) {
    it(`is refused with somebody else's files in it, fresh ${fresh}`, async () => {
      const precious = folder.write("data/thesis.txt", "precious");

      const error = await rejection(prepareDataDirectory(data, { fresh }));

      expect(error).to.be.instanceOf(UsageError);
      expect(error.message).to.match(/^Expected an empty folder or one that Darkroom made for --data/);
      expect(existsSync(precious)).to.equal(true);
    });
  }

  it("is refused when it is a file", async () => {
    const file = folder.write("data", "x");

    expect(await rejection(prepareDataDirectory(file, { fresh: true }))).to.be.instanceOf(UsageError);
  });
});
