// What becomes of the messages of a queue that a mapping feeds to a function. Each case from below
// https://docs.aws.amazon.com/lambda/latest/dg/ ; which messages come together in a batch is up to Lambda, so no case says it.
import { expect } from "chai";
import { until } from "../../support/until.ts";
import { type TestQueue, useQueues } from "../sqs/a-queue.ts";
import { LIMIT_MS, type Order, useFunction } from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";
import { emptied, isGone, isIn, order, useMappings } from "./a-mapping.ts";

const target = useFunctionTarget();
const REPORTING = { FunctionResponseTypes: ["ReportBatchItemFailures" as const] };
/** Of the function, and how long its messages are hidden: enough for an execution environment to start on a busy machine. */
const TIMEOUT_SECONDS = 4;

const failing: Order[] = [{ do: "throw", message: "x" }, { do: "exit", code: 1 }, { do: "hang" }];
const reported = (...ids: unknown[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const successes = [reported(), { batchItemFailures: null }, {}, null];
const failures = [
  ...[reported("OWN-ID"), reported(""), reported(null), reported("none"), reported("OWN-ID", "none")],
  { batchItemFailures: [{ id: "OWN-ID" }] },
];

interface Work {
  work: TestQueue;
  dead: TestQueue;
}

/** A queue whose messages are dead letters when they come back once. */
function useWork(): () => Promise<Work> {
  const queues = useQueues(target);
  return async () => {
    const dead = await queues();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    return { work: await queues({ VisibilityTimeout: String(TIMEOUT_SECONDS), RedrivePolicy }), dead };
  };
}

/** The orders that became dead letters, once there are so many. */
async function deadLetters(dead: TestQueue, count: number): Promise<Order[]> {
  const found: Order[] = [];
  const isSo = async () => {
    const messages = await dead.receive();
    found.push(...messages.map(({ Body = "" }) => JSON.parse(Body)));
    return found.length >= count;
  };
  await until(`${count} are dead letters`, isSo, LIMIT_MS);
  return found;
}

const textOf = (orders: readonly unknown[]) => orders.map((each) => JSON.stringify(each)).toSorted();

// with-sqs, example-standard-queue-message-event
describe("contract: the messages of a mapping", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target);
  const queues = useQueues(target);
  const mappings = useMappings(target);

  it("are handed to the function with all that belongs to them, and deleted", async () => {
    const queue = await queues();
    const MessageAttributes = {
      Reason: { DataType: "String", StringValue: "why" },
      Bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 255]) },
    };
    const { MessageId, MD5OfMessageBody } = await queue.send('{"do":"succeed"}', { MessageAttributes });
    await mappings(queue, fed);
    await fed.sees("it was invoked", () => fed.observed(queue).length > 0);
    await emptied(queue);
    const [record] = fed.observed(queue)[0]?.records ?? [];
    expect(record).to.deep.include({
      ...{ messageId: MessageId, body: '{"do":"succeed"}', md5OfBody: MD5OfMessageBody },
      ...{ eventSource: "aws:sqs", eventSourceARN: queue.arn, awsRegion: target.region },
    });
    expect(record?.attributes).to.include({ ApproximateReceiveCount: "1" });
    expect(record?.attributes).to.include.all.keys("SentTimestamp", "ApproximateFirstReceiveTimestamp");
    expect(record?.messageAttributes.Reason).to.include({ dataType: "String", stringValue: "why" });
    expect(record?.messageAttributes.Bytes).to.include({ dataType: "Binary", binaryValue: "AQL/" });
  });

  it("are gathered in batches of no more than was asked for", async () => {
    const queue = await queues();
    const all = Array.from({ length: 7 }, (_, n) => ({ do: "succeed", n }) as const);
    await order(queue, ...all);
    await mappings(queue, fed, { BatchSize: 3 });
    const records = () => fed.observed(queue).flatMap((each) => each.records);
    await fed.sees("all were handed over", () => records().length >= all.length);
    await emptied(queue);
    expect(
      records()
        .map(({ body }) => body)
        .toSorted(),
    ).to.deep.equal(textOf(all));
    for (const each of fed.observed(queue)) expect(each.records.length).to.be.at.most(3);
  });

  // invocation-eventsourcemapping
  it("wait while the mapping is disabled, and are handed over when it is enabled", async () => {
    const queue = await queues();
    const UUID = await mappings(queue, fed);
    await target.lambda.updateEventSourceMapping({ UUID, Enabled: false });
    await isIn(target, UUID, "Disabled");
    await order(queue, { do: "succeed" });
    const [received] = await queue.receive({ WaitTimeSeconds: 1, VisibilityTimeout: 0 });
    expect(received?.Body).to.equal('{"do":"succeed"}');
    expect(fed.observed(queue)).to.deep.equal([]);
    await target.lambda.updateEventSourceMapping({ UUID, Enabled: true });
    await emptied(queue);
    await fed.sees("it was invoked", () => fed.observed(queue).length > 0);
  });

  it("wait when the mapping is deleted", async () => {
    const queue = await queues();
    const UUID = await mappings(queue, fed);
    await target.lambda.deleteEventSourceMapping({ UUID });
    await isGone(target, UUID);
    await order(queue, { do: "succeed" });
    expect(await queue.receive({ WaitTimeSeconds: 1 })).to.have.length(1);
    expect(fed.observed(queue)).to.deep.equal([]);
  });
});

// services-sqs-errorhandling. All is set going at once: what fails is seen by what comes back, which takes a visibility timeout.
describe("contract: batches that fail", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target, () => ({ Timeout: TIMEOUT_SECONDS }));
  const newWork = useWork();
  const mappings = useMappings(target);
  let some: Work;
  let asked: Work;
  let wholly: Work;

  before(async function () {
    this.timeout(2 * LIMIT_MS);
    [some, asked, wholly] = [await newWork(), await newWork(), await newWork()];
    await order(some.work, { do: "succeed", n: 1 }, { do: "fail", n: 2 }, { do: "succeed", n: 3 });
    for (const answer of [...successes, ...failures]) await order(asked.work, { do: "answer", answer });
    for (const each of failing) await order(wholly.work, each, { do: "succeed" });
    await mappings(wholly.work, fed, { ...REPORTING, BatchSize: 2 });
    await mappings(some.work, fed, REPORTING);
    await mappings(asked.work, fed, { ...REPORTING, BatchSize: 1 });
  });

  it("are done when the mapping does not ask for what failed, whatever the answer", async () => {
    const { work, dead } = await newWork();
    await order(work, { do: "fail" });
    await mappings(work, fed);
    await emptied(work);
    expect(await dead.peek()).to.deep.equal([]);
  });

  it("come back but for what was not reported", async () => {
    expect(await deadLetters(some.dead, 1)).to.deep.equal([{ do: "fail", n: 2 }]);
    await emptied(some.work);
  });

  it("come back whole when the handler throws, ends the process or takes too long", async () => {
    const { work, dead } = wholly;
    const together = () =>
      fed.observed(work).flatMap(({ records }) => {
        const bodies = records.map(({ body }) => body);
        return bodies.some((body) => !body.includes("succeed")) ? bodies : [];
      });
    const failed = () => together().filter((body) => !body.includes("succeed"));
    await fed.sees("each was invoked", () => failed().length === failing.length);
    const letters = await deadLetters(dead, together().length);
    expect(textOf(letters)).to.deep.equal(together().toSorted());
    await emptied(work);
  });

  // services-sqs-batchfailurereporting-syntax
  it("are those whose answer has a list that is not empty, or not understood, and no others", async () => {
    const letters = await deadLetters(asked.dead, failures.length);
    expect(textOf(letters)).to.deep.equal(textOf(failures.map((answer) => ({ do: "answer", answer }))));
    await emptied(asked.work);
    expect(await asked.dead.peek()).to.deep.equal([]);
  });
});
