// Each kind of damage that docs/runbook.md lists, planted in a stack with its real function: `verify` names it, and the repair mends it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  GetObjectCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import type { Damage } from "../../operations/verify.ts";
import { PROJECT_DIRECTORY, startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { askForRepair, verified } from "../support/verified.ts";
import { expectWholeSet, keysBelow } from "../support/whole-set.ts";

interface Kind {
  /** As docs/runbook.md has it. */
  name: string;
  state: Damage;
  plant(key: string): Promise<unknown>;
}

describe("damage", function () {
  this.timeout(60_000);
  let pipeline: TestPipeline;
  let project: TestProject;

  before(async () => {
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp", "jpeg"] }] });
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test" });
  });
  after(async () => {
    await pipeline.stop();
    project.remove();
  });

  const image = (red: number) =>
    sharp({ create: { width: 16, height: 16, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .png()
      .toBuffer();
  const destination = (Key: string) => ({ Bucket: pipeline.destinationBucket, Key });
  const remove = (Key: string) => pipeline.s3.send(new DeleteObjectCommand(destination(Key)));
  const put = (Key: string, Body: string) =>
    pipeline.s3.send(new PutObjectCommand({ ...destination(Key), Body }));
  const drained = () => pipeline.drained();
  const unannounced = async (deed: () => Promise<unknown>) => {
    const Bucket = pipeline.sourceBucket;
    const { QueueConfigurations } = await pipeline.s3.send(
      new GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    const announce = (NotificationConfiguration: { QueueConfigurations?: typeof QueueConfigurations }) =>
      pipeline.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    await announce({});
    await deed();
    await announce({ QueueConfigurations });
  };
  const editManifest = async (key: string, edit: (manifest: { renditions: { etag: string }[] }) => void) => {
    const { Body } = await pipeline.s3.send(new GetObjectCommand(destination(`${key}/manifest.json`)));
    const manifest = JSON.parse((await Body?.transformToString()) ?? "");
    edit(manifest);
    await put(`${key}/manifest.json`, JSON.stringify(manifest));
  };

  const kinds: Kind[] = [
    {
      name: "a source that was never announced",
      state: "missing",
      plant: async (key) => {
        await pipeline.remove(key);
        await drained();
        await unannounced(async () => pipeline.put(key, await image(1)));
      },
    },
    {
      name: "a set that is gone",
      state: "missing",
      plant: async (key) => {
        for (const each of await keysBelow(pipeline, `${key}/`)) await remove(each);
      },
    },
    { name: "a manifest that is gone", state: "missing", plant: (key) => remove(`${key}/manifest.json`) },
    {
      name: "a manifest that cannot be read",
      state: "missing",
      plant: (key) => put(`${key}/manifest.json`, '{"version":1,'),
    },
    {
      name: "a newer source that was never announced",
      state: "stale",
      plant: (key) => unannounced(async () => pipeline.put(key, await image(2))),
    },
    { name: "a rendition that is gone", state: "torn", plant: (key) => remove(`${key}/tiny.webp`) },
    {
      name: "a rendition that somebody wrote over",
      state: "torn",
      plant: (key) => put(`${key}/tiny.jpeg`, "no picture"),
    },
    {
      name: "a manifest that somebody changed",
      state: "torn",
      plant: (key) =>
        editManifest(key, ({ renditions }) => {
          for (const each of renditions) each.etag = "00000000000000000000000000000000";
        }),
    },
    {
      name: "a rendition that no manifest lists",
      state: "surplus",
      plant: (key) =>
        pipeline.s3.send(
          new CopyObjectCommand({
            ...destination(`${key}/former.webp`),
            CopySource: `${pipeline.destinationBucket}/${key}/tiny.webp`,
          }),
        ),
    },
    {
      name: "a source that was removed without an announcement",
      state: "orphaned",
      plant: (key) => unannounced(() => pipeline.remove(key)),
    },
    {
      name: "renditions without a source or a manifest",
      state: "orphaned",
      plant: async (key) => {
        await unannounced(() => pipeline.remove(key));
        await remove(`${key}/manifest.json`);
      },
    },
  ];
  const keyOf = ({ name }: Kind) => `photos/${name.replaceAll(" ", "-")}.png`;

  it("of each kind is found, and mended by the repair", async () => {
    for (const kind of kinds) await pipeline.put(keyOf(kind), await image(0));
    await pipeline.put("photos/untouched.png", await image(0));
    await drained();
    expect(await verified(pipeline)).to.include({ sources: kinds.length + 1, current: kinds.length + 1 });

    for (const kind of kinds) await kind.plant(keyOf(kind));
    await drained();
    const found = await verified(pipeline);
    const asked = await askForRepair(pipeline);
    await drained();

    const keysIn = (state: Damage) =>
      kinds
        .filter((kind) => kind.state === state)
        .map(keyOf)
        .sort();
    for (const state of ["missing", "stale", "torn", "surplus", "orphaned"] as const)
      expect(found[state], state).to.deep.equal(keysIn(state));
    expect(found.current).to.equal(1);
    expect(asked).to.have.members(kinds.map(keyOf));
    const left = kinds.filter(({ state }) => state !== "orphaned").map(keyOf);
    expect(await verified(pipeline)).to.deep.equal({
      ...{ sources: left.length + 1, current: left.length + 1 },
      ...{ explained: [], missing: [], stale: [], torn: [], surplus: [], orphaned: [] },
    });
    for (const key of [...left, "photos/untouched.png"]) await expectWholeSet(pipeline, key);
  });

  it("is listed in the runbook, kind by kind", () => {
    const runbook = readFileSync(join(PROJECT_DIRECTORY, "docs/runbook.md"), "utf8");
    const listed = [...runbook.matchAll(/^\| (an? |renditions )(.*?) \| `(\w+)` \|/gm)].map(
      ([, article = "", rest, state]) => [`${article}${rest}`, state],
    );

    expect(listed).to.have.deep.members(kinds.map(({ name, state }) => [name, state]));
  });
});
