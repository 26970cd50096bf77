// An independent judge of what lies in the destination bucket: reads only what a reader of the manifest would.
import { expect } from "chai";
import { hooked } from "./hooked-store.ts";
import { renditionText, type SmallWorld } from "./small-world.ts";

interface Listed {
  source: { etag: string };
  renditions: { key: string; etag: string; width: number }[];
}

/**
 * The set of `key` is whole, of the source as it is now, and nothing else lies beside it; unless it may, unseen by those
 * who follow the manifest.
 */
export function expectAgreement(world: SmallWorld, key: string, about = "", mayHaveMore = false): void {
  const source = world.source.contents.get(key);
  const found = world.destination.keys().filter((name) => name.startsWith(`${key}/`));
  if (!source) {
    if (mayHaveMore) expect(found, `removed source${about}`).to.not.include(`${key}/manifest.json`);
    else expect(found, `removed source${about}`).to.deep.equal([]);
    return;
  }
  const manifestKey = `${key}/manifest.json`;
  const manifest: Listed = JSON.parse(world.destination.text(manifestKey));
  expect(manifest.source.etag, `source of the manifest${about}`).to.equal(source.etag);
  const listed = [manifestKey, ...manifest.renditions.map(({ key }) => key)].toSorted();
  if (mayHaveMore) expect(found, `keys${about}`).to.include.members(listed);
  else expect(found, `keys${about}`).to.deep.equal(listed);
  for (const rendition of manifest.renditions) {
    const stored = world.destination.contents.get(rendition.key);
    const name = rendition.key.slice(rendition.key.lastIndexOf("/") + 1);
    const text = renditionText(source.body, name, rendition.width);
    expect(stored?.body.toString(), `${rendition.key}${about}`).to.equal(text);
    expect(stored?.etag, `etag of ${rendition.key}${about}`).to.equal(rendition.etag);
  }
}

/** Whatever the manifest lists is there: what a reader may count on at every moment. */
export function expectNothingMissing(world: SmallWorld, key: string, about = ""): void {
  const manifest = world.destination.contents.get(`${key}/manifest.json`);
  if (!manifest) return;
  const { renditions }: Listed = JSON.parse(manifest.body.toString());
  const missing = renditions.filter((rendition) => !world.destination.contents.has(rendition.key));
  expect(missing, `listed but missing${about}`).to.deep.equal([]);
}

/** A reader looks at the manifest before every request. */
export function watched(world: SmallWorld, key: string, about = ""): SmallWorld {
  const look = () => expectNothingMissing(world, key, about);
  return { ...world, destination: hooked(world.destination, look) as SmallWorld["destination"] };
}
