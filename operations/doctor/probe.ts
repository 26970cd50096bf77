// One image through everything: uploaded, announced, rendered, published; then removed, and its set with it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Manifest, readManifest } from "../manifest.ts";
import type { Target } from "../target.ts";
import { type Check, Remark } from "./check.ts";
import type { Facts } from "./facts.ts";

/** Of one pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

export interface ProbeOptions {
  pollMs: number;
  limitSeconds: number;
  signal?: AbortSignal | undefined;
}

export function probeCheck(target: Target, facts: Facts, options: ProbeOptions): Check {
  return {
    name: "probe image",
    meaning: "One image goes all the way: announced, rendered, published, and removed again.",
    mend: "darkroom dlq list",
    async look() {
      const { recipe } = await facts.function();
      if (!recipe.limits.allowedFormats.includes("png")) throw new Remark("Not sent: PNG is not allowed.");
      const key = await probeKey(facts);
      const startedAt = performance.now();
      const sent = { Bucket: target.sourceBucket, Key: key };
      try {
        await target.s3.send(new PutObjectCommand({ ...sent, Body: PNG, ContentType: "image/png" }));
        const { renditions } = await wait(options, `${key} was not rendered`, () =>
          readManifest(target, key),
        );
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
        await target.s3.send(new DeleteObjectCommand(sent));
        if (recipe.removeWithSource) {
          const isGone = async () => ((await readManifest(target, key)) ? undefined : true);
          await wait(options, `The set of ${key} was not removed with it`, isGone);
        } else await removeSet(target, key, renditions);
        return `${renditions.length} renditions in ${seconds} s`;
      } finally {
        await target.s3.send(new DeleteObjectCommand(sent));
      }
    },
  };
}

/** One that S3 announces. */
async function probeKey(facts: Facts): Promise<string> {
  const [first] = await facts.announcements("source");
  const value = (wanted: string) =>
    first?.Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === wanted)?.Value;
  return `${value("prefix") ?? ""}darkroom-doctor-${randomUUID()}${value("suffix") ?? ".png"}`;
}

async function wait<Found>(
  { pollMs, limitSeconds, signal }: ProbeOptions,
  problem: string,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const endMs = performance.now() + limitSeconds * 1000;
  while (true) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`${problem} within ${limitSeconds} s.`);
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}

async function removeSet(
  { s3, destinationBucket: Bucket }: Target,
  key: string,
  renditions: Manifest["renditions"],
): Promise<void> {
  for (const Key of [`${key}/manifest.json`, ...renditions.map((rendition) => rendition.key)])
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}
