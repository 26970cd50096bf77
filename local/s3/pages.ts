// One page of a listing: keys in UTF-8 order, those that share a prefix up to the delimiter rolled into one. Folders are
// skipped with one look-up each, not read through.
import type { Database } from "../storage/database.ts";
import type { VersionRow } from "./tables.ts";

export interface PageRequest {
  bucket: string;
  prefix: string;
  delimiter: string;
  /** Only keys after it; a common prefix that it lies in is not repeated. */
  after: string;
  maximum: number;
}

export interface Page {
  versions: VersionRow[];
  commonPrefixes: string[];
  /** Where the next page starts (`after`); undefined on the last page. */
  next: string | undefined;
}

export function readPage(database: Database, request: PageRequest): Page {
  const page: Page = { versions: [], commonPrefixes: [], next: undefined };
  let last: string | undefined;
  let taken = 0;
  for (const { version, common } of entries(database, request)) {
    if (taken === request.maximum) return { ...page, next: last };
    if (common === undefined) page.versions.push(version);
    else page.commonPrefixes.push(common);
    last = common ?? version.key;
    taken += 1;
  }
  return page;
}

interface Entry {
  version: VersionRow;
  /** What the version's key is rolled into. */
  common: string | undefined;
}

function* entries(database: Database, { bucket, prefix, delimiter, after }: PageRequest): Generator<Entry> {
  const select = (condition: string) => (key: string) => {
    const where = `bucket = ? AND ${condition} AND is_current = 1 AND is_marker = 0`;
    const row = database
      .sql(`SELECT * FROM object_version WHERE ${where} ORDER BY key LIMIT 1`)
      .get(bucket, key);
    return row as unknown as VersionRow | undefined;
  };
  const following = select("key > ?");
  const startingAt = select("key >= ?");
  // The order of keys is that of their UTF-8 bytes, which is not that of JavaScript's strings.
  const isPrefixLater = Buffer.compare(Buffer.from(prefix), Buffer.from(after)) > 0;
  let version = isPrefixLater ? startingAt(prefix) : following(after);
  while (version?.key.startsWith(prefix)) {
    const common = commonPrefix(version.key, prefix, delimiter);
    const isRepeated = common !== undefined && after.startsWith(common);
    if (!isRepeated) yield { version, common };
    version = common === undefined ? following(version.key) : startingAt(afterAllUnder(common));
  }
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The first key that can follow every key that starts with this prefix. */
function afterAllUnder(prefix: string): string {
  const points = [...prefix];
  const last = points.pop()?.codePointAt(0) ?? 0;
  // Surrogates are no characters: after U+D7FF comes U+E000.
  return points.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}
