// What a redrive that was killed leaves to the next one.
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DeleteMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { redrive } from "../../../operations/dead-letters/redrive.ts";
import { redriveAndFollow } from "../../../operations/dead-letters/redrive-and-follow.ts";
import { openRedriveJournal } from "../../../operations/dead-letters/redrive-journal.ts";
import { queueDepth } from "../../../operations/queue-depth.ts";
import { startTarget, type TestTarget } from "../../support/a-target.ts";
import { consume, drain, sendDeadLetters } from "../../support/dead-letters.ts";
import { rejection } from "../../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

describe("a redrive's journal", () => {
  let target: TestTarget;
  let folder: TemporaryFolder;
  let backfillQueueUrl: string;

  beforeEach(async () => {
    target = await startTarget();
    backfillQueueUrl = target.backfillQueueUrl ?? "";
    folder = temporaryFolder();
    await sendDeadLetters(target, [{ key: "a.jpg" }, { key: "b.jpg" }]);
  });
  afterEach(async () => {
    await target.stop();
    folder.remove();
  });

  const open = () => openRedriveJournal(folder.path);
  const files = () => readdirSync(folder.path);
  const deadCount = async () => (await queueDepth(target.sqs, target.deadLetterQueueUrl)).visible;
  /** Dies between sending and deleting; its file is then one of a process that has ended. */
  const die = async () => {
    const dying = { ...target, sqs: dyingBeforeItDeletes(target) };
    await rejection(redrive(dying, { waitSeconds: 0, journal: await open() }));
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    for (const name of files()) renameSync(join(folder.path, name), join(folder.path, `${pid}-1.ndjson`));
  };

  it("keeps what was sent from being sent again, and deletes it", async () => {
    await die();
    expect([await deadCount(), (await queueDepth(target.sqs, backfillQueueUrl)).visible]).to.deep.equal([
      2, 2,
    ]);

    const journal = await open();
    const { redriven } = await redrive(target, { waitSeconds: 0, journal });

    expect(journal.earlier.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a.jpg", "b.jpg"]);
    expect([redriven, await deadCount()]).to.deep.equal([[], 0]);
    expect(await drain(target.sqs, backfillQueueUrl)).to.have.length(2);
    await journal.close();
    expect(files()).to.deep.equal([]);
  });

  it("has what was sent reported by the next run", async () => {
    await die();
    await sendDeadLetters(target, [{ key: "c.jpg" }]);
    const stop = consume(target.sqs, backfillQueueUrl);
    const { redriven, resumed, fates } = await redriveAndFollow(target, {
      ...{ waitSeconds: 0, journal: await open() },
      follow: { pollMs: 10, settleMs: 40 },
    });
    await stop();

    expect(redriven.map(({ sourceKey }) => sourceKey)).to.deep.equal(["c.jpg"]);
    expect(resumed.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a.jpg", "b.jpg"]);
    expect([...fates.values()].map(({ state }) => state)).to.deep.equal(["done", "done", "done"]);
  });

  it("does not send in circles what an earlier run has sent, and failed again since", async () => {
    await die();
    await sendDeadLetters(target, [{ key: "a.jpg", redriveCount: 1 }]);

    const { redriven } = await redrive(target, { waitSeconds: 0, journal: await open() });

    expect([redriven, await deadCount()]).to.deep.equal([[], 1]);
  });

  it("is left alone while its process is alive", async () => {
    const alive = await open();
    await alive.add((await redrive(target, { waitSeconds: 0 })).redriven);

    const other = await open();
    await other.close();

    expect(other.earlier).to.deep.equal([]);
    expect(files()).to.have.length(1);
  });

  it("is good up to its last whole line", async () => {
    await die();
    for (const name of files()) appendFileSync(join(folder.path, name), '{"messageId":"cut o');

    expect((await open()).earlier).to.have.length(2);
  });
});

function dyingBeforeItDeletes({ sqs }: TestTarget): SQSClient {
  const send = async (command: Parameters<SQSClient["send"]>[0], ...rest: unknown[]) => {
    if (command instanceof DeleteMessageBatchCommand) throw new Error("killed");
    return await Reflect.apply(sqs.send, sqs, [command, ...rest]);
  };
  return Object.assign(Object.create(sqs), { send }) as SQSClient;
}
