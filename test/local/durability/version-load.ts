// A bucket that keeps versions: new versions, delete markers, and versions deleted for good. All that was acknowledged is
// there, in its order, and nothing that was deleted.
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";
import { fingerprintOf, type Load, someContent } from "./load.ts";
import { toStep } from "./object-load.ts";
import { type Sent, sent } from "./request.ts";

const KEYS = 8;
const MARKER = "marker";

interface Version {
  id: string;
  /** MARKER for a delete marker. */
  content: string;
  state: "there" | "gone" | "unknown";
}

interface History {
  /** In the order of their acknowledgement. */
  versions: Version[];
  /** Contents of versions that may be there, their answers being lost. */
  maybe: string[];
}

export function versionLoad(name: string, random: Random): Load {
  const bucket = `versions-${name}`;
  const histories = new Map<string, History>();
  const counts = { versions: 0, markers: 0, "deleted versions": 0 };

  const historyOf = (key: string): History => {
    const known = histories.get(key) ?? { versions: [], maybe: [] };
    histories.set(key, known);
    return known;
  };

  async function add(
    key: string,
    content: string,
    request: Promise<{ VersionId?: string | undefined }>,
  ): Promise<Sent<unknown>> {
    const history = historyOf(key);
    const result = await sent(request);
    if (result.state === "refused") throw new Error(`A change of ${key} was refused: ${result.code}`);
    if (result.state === "lost") history.maybe.push(content);
    else history.versions.push({ id: result.answer.VersionId ?? "", content, state: "there" });
    if (result.state === "done") counts[content === MARKER ? "markers" : "versions"] += 1;
    return result;
  }

  async function removeForGood({ s3 }: Clients, key: string, version: Version): Promise<Sent<unknown>> {
    version.state = "unknown";
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: version.id });
    const result = await sent(s3.send(command));
    if (result.state === "done") {
      version.state = "gone";
      counts["deleted versions"] += 1;
    }
    return result;
  }

  return {
    counts,
    async prepare({ s3 }) {
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      const VersioningConfiguration = { Status: "Enabled" as const };
      await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    },
    async step(clients) {
      const key = `key/${random.between(1, KEYS)}`;
      const removable = historyOf(key).versions.filter(({ state }) => state === "there");
      if (removable.length > 0 && random.chance(0.25))
        return toStep(await removeForGood(clients, key, random.pick(removable)));
      if (random.chance(0.2))
        return toStep(
          await add(key, MARKER, clients.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
        );
      const { body, fingerprint } = someContent(random);
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body });
      return toStep(await add(key, fingerprint, clients.s3.send(command)));
    },
    async check(clients, last) {
      const listed = await list(clients);
      const problems = [...histories].flatMap(([key, history]) =>
        problemsOf(`${bucket}/${key}`, history, listed.get(key) ?? []),
      );
      return last ? [...problems, ...(await contents(clients, listed))] : problems;
    },
  };

  /** Of each key, oldest first. */
  async function list({ s3 }: Clients): Promise<Map<string, Listed[]>> {
    const found = new Map<string, Listed[]>();
    let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (markers) {
      const page: ListObjectVersionsCommandOutput = await s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket, ...markers }),
      );
      for (const { Key = "", VersionId = "", ETag = "", IsLatest = false } of page.Versions ?? [])
        push(found, Key, { id: VersionId, content: ETag.replaceAll('"', ""), isLatest: IsLatest });
      for (const { Key = "", VersionId = "", IsLatest = false } of page.DeleteMarkers ?? [])
        push(found, Key, { id: VersionId, content: MARKER, isLatest: IsLatest });
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker ?? "", VersionIdMarker: page.NextVersionIdMarker ?? "" }
        : undefined;
    }
    return found;
  }

  async function contents({ s3 }: Clients, listed: Map<string, Listed[]>): Promise<string[]> {
    const all = [...listed].flatMap(([Key, versions]) => versions.map((version) => ({ Key, ...version })));
    const problems = all.map(async ({ Key, id, content }) => {
      if (content === MARKER) return [];
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key, VersionId: id }));
      const found = fingerprintOf((await Body?.transformToByteArray()) ?? Buffer.of());
      return found === content ? [] : [`${bucket}/${Key}, version ${id}, has other bytes than its etag says`];
    });
    return (await Promise.all(problems)).flat();
  }
}

interface Listed {
  id: string;
  content: string;
  isLatest: boolean;
}

function push<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  map.set(key, [...(map.get(key) ?? []), item]);
}

function problemsOf(name: string, { versions, maybe }: History, listed: readonly Listed[]): string[] {
  const there = new Map(listed.map((version) => [version.id, version.content]));
  const known = new Set(versions.map(({ id }) => id));
  const strange = listed.filter(({ id, content }) => !known.has(id) && !maybe.includes(content));
  const lost = versions.filter(({ id, content, state }) => state === "there" && there.get(id) !== content);
  const back = versions.filter(({ id, state }) => state === "gone" && there.has(id));
  const latest = listed.find(({ isLatest }) => isLatest);
  const newest = versions.findLast(({ state }) => state === "there");
  const isOld = newest && latest && known.has(latest.id) && latest.id !== newest.id;
  const unsure = versions.some(({ state }) => state === "unknown");
  return [
    ...strange.map(({ id }) => `${name} has a version ${id} that nobody made`),
    ...lost.map(({ id }) => `${name} has lost its version ${id}`),
    ...back.map(({ id }) => `${name} has its deleted version ${id} back`),
    ...(isOld && !unsure ? [`${name} shows ${latest.id}, which is not its newest version`] : []),
  ];
}
