import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { type TestQueue, useQueues } from "./a-queue.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
describe("contract: permissions", () => {
  const queues = useQueues(target);
  const account = ({ arn }: TestQueue) => arn.split(":")[4] ?? "";
  const add = (
    queue: TestQueue,
    Label: string,
    Actions = ["ReceiveMessage"],
    AWSAccountIds = [account(queue)],
  ) => target.sqs.addPermission({ QueueUrl: queue.url, Label, Actions, AWSAccountIds });
  const remove = (queue: TestQueue, Label: string) =>
    target.sqs.removePermission({ QueueUrl: queue.url, Label });
  const statements = async (queue: TestQueue) =>
    JSON.parse((await queue.attribute("Policy")) ?? "{}").Statement;
  const isInvalid = ({ code, status }: { code: string; status: number | undefined }) =>
    status === 400 && code.startsWith("InvalidParameterValue");

  it("are statements of the queue's policy, one for each label", async () => {
    const queue = await queues();
    await add(queue, "one");
    await add(queue, "two", ["SendMessage", "GetQueueUrl"]);
    const Principal = { AWS: `arn:aws:iam::${account(queue)}:root` };
    expect(await statements(queue)).to.deep.equal([
      { Sid: "one", Effect: "Allow", Principal, Action: "SQS:ReceiveMessage", Resource: queue.arn },
      {
        Sid: "two",
        Effect: "Allow",
        Principal,
        Action: ["SQS:SendMessage", "SQS:GetQueueUrl"],
        Resource: queue.arn,
      },
    ]);
  });

  it("join the policy that was there", async () => {
    const queue = await queues();
    const mine = {
      Sid: "mine",
      Effect: "Allow",
      Principal: "*",
      Action: "sqs:SendMessage",
      Resource: queue.arn,
    };
    await queue.set({ Policy: JSON.stringify({ Version: "2012-10-17", Statement: mine }) });
    await add(queue, "other");
    expect((await statements(queue)).map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal(["mine", "other"]);
    await remove(queue, "other");
    expect((await statements(queue)).map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal(["mine"]);
  });

  it("are removed by label, and with the last the policy", async () => {
    const queue = await queues();
    for (const label of ["one", "two"]) await add(queue, label);
    await remove(queue, "one");
    expect((await statements(queue)).map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal(["two"]);
    await remove(queue, "two");
    expect(await queue.attribute("Policy")).to.equal(undefined);
  });

  it("have labels of their own", async () => {
    const queue = await queues();
    await add(queue, "one");
    expect(await refused(add(queue, "one"))).to.satisfy(isInvalid);
    expect(await refused(remove(queue, "never"))).to.satisfy(isInvalid);
    for (const label of ["with space", "n".repeat(81)])
      expect(await refused(add(queue, label)), label).to.satisfy(isInvalid);
  });

  it("give away nothing that is the owner's alone", async () => {
    const queue = await queues();
    for (const action of ["DeleteQueue", "AddPermission", "SetQueueAttributes", "Paint"])
      expect(await refused(add(queue, "one", [action])), action).to.satisfy(isInvalid);
    expect(await queue.attribute("Policy")).to.equal(undefined);
  });

  it("are of at most seven actions each", async () => {
    const queue = await queues();
    const eight = [
      "ChangeMessageVisibility",
      "DeleteMessage",
      "GetQueueAttributes",
      "GetQueueUrl",
      "ListDeadLetterSourceQueues",
      "PurgeQueue",
      "ReceiveMessage",
      "SendMessage",
    ];
    expect(await refused(add(queue, "eight", eight))).to.include({ code: "OverLimit", status: 403 });
    await add(queue, "seven", eight.slice(1));
  });
});
