import { isAbsolute, relative, resolve, sep } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { keyPath } from "../../operations/key-path.ts";

const ROOT = resolve("/tmp/out");

/** Keys made of what makes paths dangerous, among ordinary names. */
const anyKey = fc
  .array(
    fc.oneof(
      fc.constantFrom("..", ".", "", "a", "b.jpg", "..a", "\0", "~", "C:"),
      fc.string({ unit: "binary" }),
    ),
  )
  .map((names) => names.join("/"));

function pathOrUndefined(key: string): string | undefined {
  try {
    return keyPath(ROOT, key);
  } catch {
    return undefined;
  }
}

describe("keyPath", () => {
  it("puts a key below the folder", () => {
    expect(keyPath("out", "photos/cat.jpg/large.avif")).to.equal(
      `out${sep}photos${sep}cat.jpg${sep}large.avif`,
    );
  });

  for (const key of [
    "../a",
    "a/../../b",
    "a/..",
    "/etc/passwd",
    "a//b",
    "a/",
    "./a",
    "",
    "a\0b",
    "x".repeat(256),
  ]) {
    it(`refuses ${JSON.stringify(key.slice(0, 20))}`, () => {
      expect(() => keyPath("out", key)).to.throw(
        "Expected a key that can be a path for a source, but received",
      );
    });
  }

  it("never leads out of the folder", () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        const path = pathOrUndefined(key);
        if (path === undefined) return;
        const below = relative(ROOT, path);
        expect(isAbsolute(below) || below === "" || below.split(sep).includes("..")).to.equal(false);
      }),
      { seed: 20, numRuns: 2000 },
    );
  });

  it("gives different keys different paths", () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        const path = pathOrUndefined(one);
        fc.pre(one !== other && path !== undefined);
        expect(pathOrUndefined(other)).to.not.equal(path);
      }),
      { seed: 21, numRuns: 2000 },
    );
  });
});
