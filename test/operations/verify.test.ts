import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { bareEtag } from "../../operations/etag.ts";
import { manifestKey } from "../../operations/manifest.ts";
import { aManifest, aRendition } from "../support/a-report.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";
import { verified } from "../support/verified.ts";

describe("verify", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });
  afterEach(() => target.stop());

  const put = async (Bucket: string, Key: string, Body = Key) =>
    bareEtag((await target.s3.send(new PutObjectCommand({ Bucket, Key, Body }))).ETag);
  const remove = (Bucket: string, Key: string) => target.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const check = () => verified(target);

  /** A source with its set; an immutable one has a revision. */
  const publish = async (key: string, revision = "") => {
    const etag = await put(target.sourceBucket, key);
    const rendition = aRendition({ key: `${key}/${revision}large.jpeg` });
    rendition.etag = await put(target.destinationBucket, rendition.key);
    const manifest = aManifest({ source: { key, etag }, renditions: [rendition] });
    await put(target.destinationBucket, manifestKey(key), JSON.stringify(manifest));
  };
  const nothing = { explained: [], missing: [], stale: [], torn: [], surplus: [], orphaned: [] };

  it("finds nothing to mend where every source has its set", async () => {
    for (const key of ["a.jpg", "a/b.jpg", "a-b.jpg"]) await publish(key);
    await put(target.sourceBucket, "folder/");

    expect(await check()).to.deep.equal({ sources: 3, current: 3, ...nothing });
  });

  it("tells a source without a set from one whose dead letter says why", async () => {
    await put(target.sourceBucket, "lost.jpg");
    await put(target.sourceBucket, "broken.jpg");
    await sendDeadLetters(target, [{ key: "broken.jpg" }]);

    const found = await check();

    expect(found).to.deep.include({ missing: ["lost.jpg"], explained: ["broken.jpg"] });
  });

  it("finds sets of earlier content", async () => {
    await publish("a.jpg");
    await put(target.sourceBucket, "a.jpg", "newer");

    expect(await check()).to.deep.include({ current: 0, stale: ["a.jpg"] });
  });

  it("finds sets of which something is missing, or is another's", async () => {
    for (const key of ["missing.jpg", "other.jpg"]) await publish(key);
    await remove(target.destinationBucket, "missing.jpg/large.jpeg");
    await put(target.destinationBucket, "other.jpg/large.jpeg", "by somebody else");

    const { torn, current } = await check();

    expect(torn).to.have.members(["missing.jpg", "other.jpg"]);
    expect(current).to.equal(0);
  });

  it("finds sets, and single renditions, whose source is gone", async () => {
    for (const key of ["a.jpg", "gone.jpg"]) await publish(key);
    await remove(target.sourceBucket, "gone.jpg");
    await put(target.destinationBucket, "half/made.jpg/large.jpeg");

    const found = await check();

    expect(found.orphaned).to.have.members(["gone.jpg", "half/made.jpg"]);
    expect(found).to.include({ sources: 1, current: 1 });
  });

  it("finds immutable sets whole, a folder deeper, and their orphans", async () => {
    const revision = "0123456789abcdef/";
    for (const key of ["cat.jpg", "photos/cat.jpg", "gone.jpg"]) await publish(key, revision);
    await publish("photos/fedcba9876543210");
    await put(target.sourceBucket, "half.jpg");
    await put(target.destinationBucket, `half.jpg/${revision}large.jpeg`);
    expect(await check()).to.deep.equal({ sources: 5, current: 4, ...nothing, missing: ["half.jpg"] });

    await remove(target.sourceBucket, "gone.jpg");
    await remove(target.destinationBucket, `cat.jpg/${revision}large.jpeg`);

    expect(await check()).to.deep.include({ orphaned: ["gone.jpg"], torn: ["cat.jpg"] });
  });

  it("takes a lone rendition for that of either source it can be of", async () => {
    await put(target.destinationBucket, "a.jpg/0123456789abcdef/large.jpeg");

    const { orphaned } = await check();

    expect(orphaned).to.have.members(["a.jpg/0123456789abcdef", "a.jpg"]);
  });

  it("does not take for orphaned what was uploaded after the sources were listed", async () => {
    for (const key of ["early.jpg", "late.jpg"]) await publish(key);
    const s3 = Object.assign(Object.create(target.s3), {
      async send(command: ListObjectsV2Command) {
        const answer = await target.s3.send(command);
        const isListing = command instanceof ListObjectsV2Command && command.input.Bucket === "source";
        const Contents = answer.Contents?.filter(({ Key }) => !isListing || Key !== "late.jpg");
        return { ...answer, Contents };
      },
    });

    expect(await verified({ ...target, s3 })).to.deep.equal({ sources: 1, current: 1, ...nothing });
  });

  it("says nothing of a set of which the prefix shows a part", async () => {
    await publish("photos/cat.jpg");
    await publish("photos/dog.jpg", "0123456789abcdef/");
    await remove(target.sourceBucket, "photos/cat.jpg");

    for (const prefix of ["photos/cat.jpg/la", "photos/dog.jpg/0123"]) {
      expect(await verified(target, { prefix }), prefix).to.deep.equal({
        sources: 0,
        current: 0,
        ...nothing,
      });
    }
    expect(await verified(target, { prefix: "photos/d" })).to.include({ sources: 1, current: 1 });
  });

  it("leaves alone what no set is made of", async () => {
    await publish("cat.jpg");
    for (const key of ["cat.jpg/readme.txt", "notes/list.txt", "index.webp"])
      await put(target.destinationBucket, key);

    expect(await verified(target)).to.deep.equal({ sources: 1, current: 1, ...nothing });
  });

  it("does not miss what S3 was told not to announce", async () => {
    for (const key of ["in/a.jpg", "in/a.txt", "out/a.jpg"]) await put(target.sourceBucket, key);
    await target.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: target.sourceBucket,
        SkipDestinationValidation: true,
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              QueueArn: "arn:aws:sqs:us-east-1:000000000000:work",
              Events: ["s3:ObjectCreated:*"],
              Filter: {
                Key: {
                  FilterRules: [
                    { Name: "prefix", Value: "in/" },
                    { Name: "suffix", Value: ".jpg" },
                  ],
                },
              },
            },
          ],
        },
      }),
    );

    expect(await check()).to.deep.include({ sources: 1, missing: ["in/a.jpg"] });
  });
});
