import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { clearCode, codeDirectory } from "../../../local/deployer/code-directory.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("The folder of a function's code", () => {
  const places = { projectDirectory: "/project", dataDirectory: "/data" };

  it("is the one declared, or nothing when it is elsewhere", () => {
    expect(codeDirectory({ path: "an/artifact" }, places)).to.equal("/project/an/artifact");
    expect(codeDirectory({ path: "/an/artifact" }, places)).to.equal("/an/artifact");
    expect(codeDirectory({}, places)).to.equal(undefined);
    expect(codeDirectory({ assets: { "a.txt": { path: "a.txt" } } }, places)).to.equal(undefined);
    expect(codeDirectory({ assets: { ".": { path: "a" }, "a.txt": {} } }, places)).to.equal(undefined);
  });

  it("is put together from a folder and files beside it, once for the same bytes", () => {
    const folder = temporaryFolder();
    folder.write("artifact/index.mjs", "the function");
    folder.write("artifact/node_modules/sharp/index.js", "sharp");
    folder.write("logo.png", "the mark");
    const code = { assets: { ".": { path: "artifact" }, "marks/1.png": { path: "logo.png" } } };
    const dataDirectory = join(folder.path, "data");
    const make = () => codeDirectory(code, { projectDirectory: folder.path, dataDirectory }) ?? "";
    try {
      const directory = make();

      expect(directory.startsWith(join(dataDirectory, "code"))).to.equal(true);
      expect(readFileSync(join(directory, "index.mjs"), "utf8")).to.equal("the function");
      expect(readFileSync(join(directory, "marks/1.png"), "utf8")).to.equal("the mark");
      expect(readFileSync(join(directory, "node_modules/sharp/index.js"), "utf8")).to.equal("sharp");
      expect(lstatSync(join(directory, "index.mjs")).isSymbolicLink()).to.equal(false);
      expect(make()).to.equal(directory);

      folder.write("artifact/index.mjs", "another function");
      const other = make();
      expect(other).to.not.equal(directory);
      expect(readFileSync(join(other, "index.mjs"), "utf8")).to.equal("another function");
      expect(existsSync(directory)).to.equal(true);

      folder.write("data/code/0123.unfinished-1/index.mjs", "half of it");
      clearCode(dataDirectory);
      expect(existsSync(join(dataDirectory, "code"))).to.equal(false);
      expect(readFileSync(join(folder.path, "artifact/node_modules/sharp/index.js"), "utf8")).to.equal(
        "sharp",
      );
    } finally {
      folder.remove();
    }
  });
});
