// The one hole that is known: SQS shows a message to two workers at once; one of them finds all well and deletes it, and
// the other writes once more on a condition that holds again, and dies. `darkroom verify --repair` heals what it left.
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createObjectStore } from "../../worker/aws/object-store.ts";
import { processBatch } from "../../worker/batch/batch.ts";
import { reconcile } from "../../worker/reconcile/reconcile.ts";
import type { World } from "../../worker/reconcile/world.ts";
import { aBatch } from "../support/a-batch.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";
import { hooked, pauseAt, type StoreRequest } from "../support/hooked-store.ts";
import { aRecord } from "../support/records.ts";
import { aRecipe, aWorld } from "../support/small-world.ts";
import { askForRepair, verified } from "../support/verified.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
/** The second receive of its message. */
const careful = { key: KEY, careful: true };
const isRendition = ({ operation, key }: StoreRequest) => operation === "put" && key.endsWith("large.webp");

for (const immutable of [false, true]) {
  describe(`verify and repair after twins${immutable ? ", with immutable renditions" : ""}`, () => {
    let target: TestTarget;
    let world: World;

    beforeEach(async () => {
      target = await startTarget();
      const [source, destination] = [target.sourceBucket, target.destinationBucket].map((bucket) =>
        createObjectStore(target.s3, bucket),
      ) as [World["source"], World["destination"]];
      world = { ...aWorld({ recipe: aRecipe({ immutable }) }), source, destination };
    });
    afterEach(() => target.stop());

    const source = () => ({ Bucket: target.sourceBucket, Key: KEY });
    const upload = (Body: string) => target.s3.send(new PutObjectCommand({ ...source(), Body }));
    const check = () => verified(target);

    it("heal a set that a revert had made current again", async () => {
      await upload("v1");
      await reconcile(trusting, world);
      await upload("v2");
      const dying = await startTwin(world);
      await upload("v1");
      await reconcile(trusting, world);
      await reconcile(careful, world);
      await dying.writeAndDie();

      // An immutable key is never written to for another content.
      expect(await check()).to.deep.include({ current: 0, [immutable ? "surplus" : "torn"]: [KEY] });
      await repair(target, world);
      expect(await check()).to.deep.include({ current: 1, torn: [], surplus: [] });
    });

    it("heal a rendition of a source that was removed", async () => {
      await upload("v1");
      const dying = await startTwin(world);
      await target.s3.send(new DeleteObjectCommand(source()));
      await reconcile(trusting, world);
      await reconcile(careful, world);
      await dying.writeAndDie();

      expect((await check()).orphaned).to.include(KEY);
      await repair(target, world);
      expect((await check()).orphaned).to.deep.equal([]);
    });
  });
}

/** Stands still before it writes its first rendition. */
async function startTwin(world: World) {
  const pause = pauseAt(isRendition);
  let isDead = false;
  const destination = hooked(world.destination, async (request) => {
    if (isDead) throw new Error("The worker is dead.");
    await pause.hook(request);
    isDead = isRendition(request);
  });
  const ended = reconcile(trusting, { ...world, destination }).catch(() => {});
  await pause.reached;
  return {
    async writeAndDie(): Promise<void> {
      pause.release();
      await ended;
    },
  };
}

/** As `darkroom verify --repair`, and the worker that receives what it sends. */
async function repair(target: TestTarget, world: World): Promise<void> {
  await askForRepair(target);
  const { Messages = [] } = await target.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: target.backfillQueueUrl, WaitTimeSeconds: 1 }),
  );
  const records = Messages.map(({ Body = "" }) => aRecord({ body: Body }));
  const answer = await processBatch(records, {
    ...aBatch(),
    sourceBucket: target.sourceBucket,
    reconcile: (job) => reconcile(job, world),
  });
  expect(answer.batchItemFailures).to.deep.equal([]);
}
