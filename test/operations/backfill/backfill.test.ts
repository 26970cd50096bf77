// Which sources are due, and a plan that is killed in the middle: on the real local cloud, without a worker.
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import sinon from "sinon";
import { type Choice, dueSources } from "../../../operations/backfill/backfill-due.ts";
import { readPlan, sendPlan, writePlan } from "../../../operations/backfill/backfill-plan.ts";
import { bareEtag } from "../../../operations/etag.ts";
import { variantsFor } from "../../../settings/recipe.ts";
import { recipeHash } from "../../../settings/recipe-hash.ts";
import { aManifest, aRendition } from "../../support/a-report.ts";
import { publish, startTarget, type TestTarget } from "../../support/a-target.ts";
import { drain, sendDeadLetters } from "../../support/dead-letters.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe } from "../../support/small-world.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

describe("a backfill", () => {
  let target: TestTarget;
  let folder: TemporaryFolder;
  const recipe = aRecipe();
  const today = recipeHash(variantsFor(recipe, ""));

  beforeEach(async () => {
    target = await startTarget();
    folder = temporaryFolder();
  });
  afterEach(async () => {
    sinon.restore();
    folder.remove();
    await target.stop();
  });

  const put = async (Key: string) =>
    bareEtag(
      (await target.s3.send(new PutObjectCommand({ Bucket: target.sourceBucket, Key, Body: Key }))).ETag,
    );
  const putWithSet = async (key: string, made: string, revision = "") => {
    const rendition = aRendition({ key: `${key}/${revision}large.jpeg` });
    const source = { key, etag: await put(key) };
    await publish(target, aManifest({ source, recipe: made, renditions: [rendition] }));
  };
  const due = async (
    choice: Choice,
    options: { prefix?: string; sinceMs?: number; immutable?: boolean } = {},
  ) => {
    const { immutable = false, ...selection } = options;
    const keys: string[] = [];
    const dueOptions = { recipe: { ...recipe, immutable }, waitSeconds: 0 };
    for await (const page of dueSources(target, { choice, ...selection }, dueOptions)) {
      keys.push(...page.due.map(({ key }) => key));
    }
    return keys;
  };
  const sentKeys = async () =>
    (await drain(target.sqs, target.backfillQueueUrl ?? "")).flatMap(
      ({ Body = "" }) => JSON.parse(Body).keys as string[],
    );

  it("takes those without a set, of another recipe, or all, and never what is explained", async () => {
    await put("lost.jpg");
    await put("folder/");
    await put("broken.jpg");
    await sendDeadLetters(target, [{ key: "broken.jpg" }]);
    await putWithSet("new.jpg", today);
    await putWithSet("old.jpg", "another");
    await putWithSet("moved.jpg", today, "0123456789abcdef/");

    expect(await due("missing")).to.deep.equal(["lost.jpg"]);
    expect(await due("outdated")).to.have.members(["old.jpg", "moved.jpg"]);
    expect(await due("outdated", { immutable: true })).to.have.members(["old.jpg", "new.jpg"]);
    expect(await due("all")).to.have.members(["broken.jpg", "lost.jpg", "moved.jpg", "new.jpg", "old.jpg"]);
    expect(await due("all", { prefix: "lo" })).to.deep.equal(["lost.jpg"]);
    expect(await due("all", { sinceMs: Date.now() + 60_000 })).to.deep.equal([]);
  });

  it("asks for no page of the listing before the one before is worked through", async () => {
    for (let index = 0; index < 6; index += 1) await put(`photos/${index}.jpg`);
    const send = sinon.spy(target.s3, "send");
    const listings = () =>
      send.getCalls().filter(({ args: [{ input }] }) => "Prefix" in input && !("Delimiter" in input)).length;

    const pages = dueSources(target, { choice: "all" }, { pageSize: 2, waitSeconds: 0 });
    const { value } = await pages.next();

    expect(value?.due.map(({ key }: { key: string }) => key)).to.deep.equal(["photos/0.jpg", "photos/1.jpg"]);
    expect(listings()).to.equal(1);
    await pages.return();
  });

  it("goes on where it was killed: each key is sent, none twice but those of the request under way", async () => {
    const keys = ["a\u2028b.jpg", "ü c.jpg", ...Array.from({ length: 20 }, (_, index) => `${index}.jpg`)];
    for (const key of keys) await put(key);
    const options = { keysPerMessage: 1 };
    const plan = await writePlan(target, { choice: "all" }, folder.path, { pageSize: 5, waitSeconds: 0 });
    expect(plan).to.include({ looked: 22, keys: 22, sentKeys: 0 });

    // Dies after the queue took the second request, before that is written down.
    let requests = 0;
    const dying = Object.assign(Object.create(target.sqs), {
      async send(command: SendMessageBatchCommand) {
        const answer = await target.sqs.send(command);
        requests += 1;
        if (requests === 2) throw new Error("killed");
        return answer;
      },
    });
    await rejection(sendPlan({ ...target, sqs: dying }, folder.path, options));
    expect(await readPlan(folder.path)).to.include({ sentKeys: 10 });

    const end = await sendPlan(target, folder.path, options);

    expect(end.sentKeys).to.equal(22);
    const sent = await sentKeys();
    expect(new Set(sent)).to.deep.equal(new Set(keys));
    expect(sent).to.have.length(32);
    await sendPlan(target, folder.path, options);
    expect(await sentKeys()).to.deep.equal([]);
  });

  it("takes a plan that was killed while it was written for none", async () => {
    await put("a.jpg");
    await writePlan(target, { choice: "all" }, folder.path, { waitSeconds: 0 });
    const failing = {
      ...target,
      s3: Object.assign(Object.create(target.s3), { send: () => Promise.reject(new Error("gone")) }),
    };
    await rejection(writePlan(failing, { choice: "all" }, folder.path, { waitSeconds: 0 }));

    expect(await readPlan(folder.path)).to.equal(undefined);
  });

  it("stops at a key that the queue does not take, and does not count it as sent", async () => {
    await put("a.jpg");
    await writePlan(target, { choice: "all" }, folder.path, { waitSeconds: 0 });
    const refusing = Object.assign(Object.create(target.sqs), {
      send: async () => ({ Failed: [{ Id: "0", Code: "InternalError", Message: "no" }] }),
    });

    const error = await rejection(sendPlan({ ...target, sqs: refusing }, folder.path, { keysPerMessage: 1 }));

    expect(error.message).to.include("The queue did not take 1 messages: no");
    expect(await readPlan(folder.path)).to.include({ sentKeys: 0 });
    await target.s3.send(new DeleteObjectCommand({ Bucket: target.sourceBucket, Key: "a.jpg" }));
  });
});
