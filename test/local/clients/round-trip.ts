// A folder of hostile names through a client to a bucket and back: the keys are the names, the bytes are the same, and what
// is there already is not sent again. What was sent is seen by the cloud's own files, whatever the client says.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import type { Cloud } from "../../../local/cloud.ts";
import { type Ask, type Client, PREFIX } from "./client.ts";
import { hashesOf, plantFiles, stampOf } from "./files.ts";

export interface RoundTripOptions {
  cloud: Cloud;
  ask: Ask;
  /** Of its own, empty. */
  folder: string;
  bucket: string;
  seed: number;
  files: number;
  say(text: string): void;
}

/** Resolves to how many files it was. Rejects at the first thing that is not as it should be. */
export async function roundTrip(client: Client, options: RoundTripOptions): Promise<number> {
  const { cloud, ask, folder, bucket, seed, files, say } = options;
  const [source, down, stored] = [
    join(folder, "source"),
    join(folder, "down"),
    join(cloud.dataDirectory, "blobs"),
  ];
  mkdirSync(down, { recursive: true });
  const names = plantFiles(source, { seed, count: files, without: client.cannot?.names });
  await ask(client.create(bucket));

  await ask(client.up(source, bucket));
  expectSame(await keysIn(cloud, bucket), new Set(names.map((name) => PREFIX + name)));
  say("up, under the right keys");
  await expectUnchanged("the bucket", stored, () => ask(client.up(source, bucket)));
  say("up again, and nothing was sent");

  await ask(client.back(bucket, down));
  const differences = differencesOf(hashesOf(source), hashesOf(down));
  if (differences.length > 0) throw new Error(`${differences.length} files differ: ${shown(differences)}`);
  say("back, with the same bytes");
  await expectUnchanged("the folder", down, () => ask(client.back(bucket, down)));
  say("back again, and nothing was sent");

  await client.also(ask, bucket, source);
  say("and the rest");
  return names.length;
}

async function keysIn({ endpoint, region, iam }: Cloud, bucket: string): Promise<Set<string>> {
  const client = new S3Client({ endpoint, region, credentials: iam.rootCredentials, forcePathStyle: true });
  const keys = new Set<string>();
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client },
    { Bucket: bucket, EncodingType: "url" },
  ))
    for (const { Key = "" } of Contents) keys.add(decodeURIComponent(Key.replaceAll("+", " ")));
  client.destroy();
  return keys;
}

function expectSame(found: Set<string>, wanted: Set<string>): void {
  const odd = [...found, ...wanted].filter((key) => found.has(key) !== wanted.has(key));
  if (odd.length > 0) throw new Error(`${odd.length} keys differ: ${shown(odd)}`);
}

async function expectUnchanged(what: string, folder: string, work: () => Promise<unknown>): Promise<void> {
  const before = stampOf(folder);
  await work();
  if (stampOf(folder) !== before) throw new Error(`Expected nothing new in ${what} the second time.`);
}

function differencesOf(wanted: Map<string, string>, found: Map<string, string>): string[] {
  const names = new Set([...wanted.keys(), ...found.keys()]);
  return [...names].filter((name) => wanted.get(name) !== found.get(name));
}

function shown(names: string[]): string {
  return names
    .slice(0, 8)
    .map((name) => JSON.stringify(name))
    .join(", ");
}
