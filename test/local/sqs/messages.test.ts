// What takes days in AWS, or a restart, with a clock of the test's own.
import { expect } from "chai";
import { Messages } from "../../../local/sqs/messages.ts";
import { type Queue, Queues } from "../../../local/sqs/queues.ts";
import { type Database, openDatabase } from "../../../local/storage/database.ts";
import { rejection } from "../../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

const DAY_MS = 86_400_000;
const WORKER = "arn:aws:sts::000000000000:assumed-role/worker/session";

describe("messages", () => {
  let folder: TemporaryFolder;
  let database: Database;
  let queues: Queues;
  let messages: Messages;
  let nowMs = 0;

  beforeEach(() => {
    folder = temporaryFolder();
    database = openDatabase(`${folder.path}/state.db`);
    nowMs = Date.UTC(2026, 0, 1);
    queues = new Queues(database, "us-east-1", "000000000000", () => nowMs);
    messages = new Messages(database, queues, () => nowMs);
  });
  afterEach(() => {
    database.close();
    folder.remove();
  });

  const queue = (name: string, attributes: Record<string, string> = {}) =>
    queues.create(name, () => ({ attributes, tags: {} }));
  const send = (to: Queue, body: string, delayMs?: number) =>
    database.write(() => messages.insert(to, { body, sender: "me", delayMs }));
  const take = async (from: Queue, { visibilityMs = 30_000, receiver = "me" } = {}) =>
    (await database.write(() => messages.take(from, { maximum: 10, visibilityMs, receiver }))).taken;

  it("are kept for the retention period and not longer", async () => {
    const work = await queue("work", { MessageRetentionPeriod: "60" });
    await send(work, "x");
    nowMs += 60_000;
    expect(messages.counts(work).visible).to.equal(1);
    nowMs += 1;
    expect(messages.counts(work).visible).to.equal(0);
    expect(await take(work)).to.deep.equal([]);
    await database.write(() => messages.expire(work));
    expect(database.sql("SELECT count(*) AS rows FROM message").get()).to.include({ rows: 0 });
  });

  it("keep ageing in the dead-letter queue, from when they were first sent", async () => {
    const dead = await queue("dead", { MessageRetentionPeriod: String((2 * DAY_MS) / 1000) });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    const work = await queue("work", { RedrivePolicy });
    await send(work, "poison");
    nowMs += 1.5 * DAY_MS;
    await take(work);
    nowMs += 60_000;
    await take(work);
    expect(messages.counts(dead).visible).to.equal(1);
    nowMs += 0.5 * DAY_MS;
    expect(await take(dead)).to.deep.equal([]);
  });

  it("come in the order they were sent, a delayed one when it is due", async () => {
    const work = await queue("work");
    await send(work, "late", 1000);
    for (const body of ["a", "b", "c"]) await send(work, body);
    expect((await take(work)).map(({ body }) => body)).to.deep.equal(["a", "b", "c"]);
    expect(messages.nextVisibleAt(work)).to.equal(nowMs + 1000);
    nowMs += 1000;
    expect((await take(work)).map(({ body }) => body)).to.deep.equal(["late"]);
  });

  it("that a killed session had in flight are due again, and that receive does not count", async () => {
    const work = await queue("work");
    await send(work, "of the worker");
    expect((await take(work, { receiver: WORKER }))[0]?.receives).to.equal(1);
    await database.write(() => messages.recover());
    expect((await take(work, { receiver: WORKER }))[0]?.receives).to.equal(1);
  });

  it("that somebody else has in flight stay so over a restart", async () => {
    const work = await queue("work");
    await send(work, "of root");
    await take(work, { receiver: "arn:aws:iam::000000000000:root" });
    await database.write(() => messages.recover());
    expect(await take(work)).to.deep.equal([]);
    expect(messages.counts(work).inFlight).to.equal(1);
  });

  it("fill a queue when so many are in flight; those that wait or are delayed do not count", async () => {
    const work = await queue("work");
    for (const body of ["a", "b"]) await send(work, body);
    await send(work, "delayed", 1000);
    await take(work);
    await send(work, "waiting");
    expect(messages.inFlight.isAtLeast(2, work)).to.equal(true);
    expect(messages.inFlight.isAtLeast(3, work)).to.equal(false);
    nowMs += 30_000;
    expect(messages.inFlight.isAtLeast(1, work)).to.equal(false);
  });
});

describe("queues", () => {
  it("are as their rows are after a write that failed", async () => {
    const folder = temporaryFolder();
    const database = openDatabase(`${folder.path}/state.db`);
    let isDiskFull = false;
    const write: Database["write"] = (work) =>
      database.write(() => {
        const result = work();
        if (isDiskFull) throw new Error("database or disk is full");
        return result;
      });
    const queues = new Queues({ ...database, write }, "us-east-1", "000000000000", Date.now);
    const work = await queues.create("work", () => ({ attributes: { DelaySeconds: "1" }, tags: {} }));
    isDiskFull = true;

    await rejection(queues.change(work, () => ({ attributes: { DelaySeconds: "2" } })));
    await rejection(queues.create("other", () => ({ attributes: {}, tags: {} })));

    expect(queues.current(work).settings.delayMs).to.equal(1000);
    expect(queues.named("other")).to.equal(undefined);
    await rejection(queues.delete(work));
    expect(queues.named("work")?.id).to.equal(work.id);
    database.close();
    folder.remove();
  });

  it("leave their name taken for a minute, not longer", async () => {
    const folder = temporaryFolder();
    const database = openDatabase(`${folder.path}/state.db`);
    let nowMs = 0;
    const queues = new Queues(database, "us-east-1", "000000000000", () => nowMs);
    const create = () => queues.create("work", () => ({ attributes: {}, tags: {} }));
    await queues.delete(await create());

    nowMs = 59_999;
    expect((await rejection(create())).name).to.equal("QueueDeletedRecently");
    nowMs = 60_000;
    expect((await create()).name).to.equal("work");
    database.close();
    folder.remove();
  });
});
