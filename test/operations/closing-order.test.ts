import { expect } from "chai";
import fc from "fast-check";
import { byEnd, compareEnds, type Folder, foldersByEnd } from "../../operations/closing-order.ts";

/** As S3 lists them. */
async function* listing(keys: Iterable<string>) {
  const sorted = [...new Set(keys)].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const key of sorted) yield { key, etag: `etag of ${key}` };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What S3 sorts before the slash and after it, and what JavaScript sorts otherwise than UTF-8. */
const name = fc.string({
  unit: fc.constantFrom("a", "-", ".", "0", "1", "\u{1f600}", "\uffee"),
  minLength: 1,
  maxLength: 3,
});
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const REVISION = "0123456789abcdef";
const folderPath = fc
  .tuple(path, fc.boolean())
  .map(([at, isRevision]) => (isRevision ? `${at}/${REVISION}` : at));
const published = fc
  .tuple(folderPath, fc.constantFrom("large.avif", "small.webp", "manifest.json"))
  .map((parts) => parts.join("/"));
const options = { seed: 7, numRuns: 2000 };

describe("the order of ends", () => {
  it("is that in which sources come, each once, whatever their keys", () =>
    fc.assert(
      fc.asyncProperty(fc.array(path, { maxLength: 12 }), async (keys) => {
        const found = (await all(byEnd(listing(keys)))).map(({ key }) => key);
        expect(found).to.deep.equal([...new Set(keys)].toSorted(compareEnds));
      }),
      options,
    ));

  it("is that in which folders come, whole, with the revisions in them", () =>
    fc.assert(
      fc.asyncProperty(fc.array(published, { maxLength: 12 }), async (keys) => {
        const folders = await all(foldersByEnd(listing(keys)));

        const paths = folders.map((folder) => folder.path);
        expect(paths).to.deep.equal([...new Set(paths)].toSorted(compareEnds));
        const found = folders.flatMap(({ path: at, hasManifest, renditions }: Folder) => [
          ...renditions.keys(),
          ...(hasManifest ? [`${at}/manifest.json`] : []),
        ]);
        expect(found)
          .to.have.members([...new Set(keys)])
          .and.to.have.length(new Set(keys).size);
        for (const folder of folders) {
          const inside = folders.filter(
            (each) => each.path === `${folder.path}/${REVISION}` && !each.hasManifest,
          );
          expect(folder.revisions).to.deep.equal(inside);
        }
        const loose = folders.filter((each) => each.path.endsWith(REVISION) && !each.hasManifest);
        for (const each of loose) expect(paths).to.include(each.path.slice(0, -REVISION.length - 1));
      }),
      options,
    ));

  it("leaves out what no set is made of", async () => {
    const keys = ["cat.jpg/readme.txt", "large.avif", "cat.jpg/UPPER.avif", "cat.jpg/large.gif"];

    expect(await all(foldersByEnd(listing(keys)))).to.deep.equal([]);
  });
});
