// One page of a listing: keys in UTF-8 order, those that share a prefix up to the delimiter rolled into one. Folders are
// skipped with one look-up each, not read through.
import type { Database } from "../storage/database.ts";
import { SEQUENCER_DIGITS, sequencerTime } from "./sequencer.ts";
import { NULL_VERSION, type VersionRow, versionById } from "./tables.ts";

interface PageRequest {
  bucket: string;
  prefix: string;
  delimiter: string;
  /** Only keys after it; a common prefix that it lies in is not repeated. */
  after: string;
  maximum: number;
}

interface Page<Next> {
  entries: VersionRow[];
  commonPrefixes: string[];
  /** Where the next page starts; undefined on the last page. */
  next: Next | undefined;
}

/** Current versions that are no delete markers. `next` is for `after`. */
export function readObjects(database: Database, request: PageRequest): Page<string> {
  const page: Page<string> = { entries: [], commonPrefixes: [], next: undefined };
  let last: string | undefined;
  for (const { version, common } of steps(database, request, "is_current = 1 AND is_marker = 0")) {
    if (isFull(page, request)) return { ...page, next: last };
    if (common === undefined) page.entries.push(version);
    else page.commonPrefixes.push(common);
    last = common ?? version.key;
  }
  return page;
}

interface VersionPageRequest extends PageRequest {
  /** Of the key `after`: only its older versions. Empty for none of them. */
  afterVersion: string;
}

/** Every version and delete marker, the newest of a key first. */
export function readVersions(
  database: Database,
  request: VersionPageRequest,
): Page<{ key: string; versionId?: string }> {
  const page: Page<{ key: string; versionId?: string }> = {
    entries: [],
    commonPrefixes: [],
    next: undefined,
  };
  let last: { key: string; versionId?: string } | undefined;
  for (const { version, common } of versionSteps(database, request)) {
    if (isFull(page, request)) return { ...page, next: last };
    if (common === undefined) page.entries.push(version);
    else page.commonPrefixes.push(common);
    last = common === undefined ? { key: version.key, versionId: version.version_id } : { key: common };
  }
  return page;
}

function isFull({ entries, commonPrefixes }: Page<unknown>, { maximum }: PageRequest): boolean {
  return entries.length + commonPrefixes.length >= maximum;
}

interface Step {
  version: VersionRow;
  /** What the version's key is rolled into. */
  common: string | undefined;
}

function* versionSteps(database: Database, request: VersionPageRequest): Generator<Step> {
  const { bucket, after, afterVersion } = request;
  const versionsOf = (key: string) =>
    database
      .sql("SELECT * FROM object_version WHERE bucket = ? AND key = ? ORDER BY sequence DESC")
      .all(bucket, key) as unknown as VersionRow[];
  if (afterVersion !== "") {
    const marker = versionById(database, bucket, after, afterVersion);
    const isOlder = (version: VersionRow) =>
      marker ? version.sequence < marker.sequence : isOlderThan(version, afterVersion);
    for (const version of versionsOf(after).filter(isOlder)) yield { version, common: undefined };
  }
  for (const step of steps(database, request, "TRUE")) {
    if (step.common !== undefined) yield step;
    else for (const version of versionsOf(step.version.key)) yield { version, common: undefined };
  }
}

/** Than a version that is gone: whoever deletes page by page goes on behind what was deleted. Ids begin with a sequencer. */
function isOlderThan({ version_id, modified }: VersionRow, gone: string): boolean {
  if (version_id !== NULL_VERSION) return version_id < gone;
  return modified <= sequencerTime(gone.slice(0, SEQUENCER_DIGITS));
}

/** One for each key that some version meets the condition of. */
function* steps(
  database: Database,
  { bucket, prefix, delimiter, after }: PageRequest,
  condition: string,
): Generator<Step> {
  const select = (comparison: string) => (key: string) => {
    const where = `bucket = ? AND ${comparison} AND ${condition}`;
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
    const later = common === undefined ? undefined : afterAllUnder(common);
    if (common === undefined) version = following(version.key);
    else version = later === undefined ? undefined : startingAt(later);
  }
}

export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The first key that can follow every key that starts with this prefix; undefined when there is none. */
function afterAllUnder(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    // Surrogates are no characters: after U+D7FF comes U+E000.
    if (point < 0x10ffff)
      return points.join("") + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
