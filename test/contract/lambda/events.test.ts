// Invocations that nobody waits for. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html and the pages below it.
// The pauses between the attempts are minutes in AWS: so no case waits for a second one.
import { expect } from "chai";
import { until } from "../../support/until.ts";
import { refused } from "../refused.ts";
import { useQueue } from "../sqs/a-queue.ts";
import { LIMIT_MS, type Order, updated, useFunction } from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";

const target = useFunctionTarget();

describe("contract: events", function () {
  this.timeout(2 * LIMIT_MS);
  const dead = useQueue(target);
  const called = useFunction(target, () => ({ DeadLetterConfig: { TargetArn: dead.arn } }));
  const FunctionName = () => ({ FunctionName: called.name });
  const queue = (order: Order | { text: string }) =>
    target.lambda.invoke({ ...FunctionName(), InvocationType: "Event", Payload: JSON.stringify(order) });

  async function deadLetter() {
    const found: Awaited<ReturnType<typeof dead.receive>> = [];
    const isThere = async () => {
      found.push(...(await dead.receive({ MessageAttributeNames: ["All"] })));
      return found.length > 0;
    };
    await until("it is a dead letter", isThere, LIMIT_MS);
    for (const { ReceiptHandle } of found)
      await target.sqs.deleteMessage({ QueueUrl: dead.url, ReceiptHandle });
    const { Body = "", MessageAttributes = {} } = found[0] ?? {};
    const text = (name: string) => MessageAttributes[name]?.StringValue;
    return {
      event: JSON.parse(Body),
      id: text("RequestID"),
      code: text("ErrorCode"),
      why: text("ErrorMessage"),
    };
  }

  it("are answered when they are queued, with nothing of what becomes of them", async () => {
    const gate = await queue({ do: "tell", text: "hello" });
    expect(gate.StatusCode).to.equal(202);
    expect(gate.Payload?.length ?? 0).to.equal(0);
    expect(gate).not.to.have.any.keys("FunctionError", "LogResult");
    const told = () => called.told().find(({ text }) => text === "hello");
    await called.sees("it was invoked", () => told() !== undefined);
    expect(told()?.requestId).to.equal(gate.$metadata.requestId);
  });

  // invocation-async-configuring, invocation-async-retain-records
  it("are dead letters when they have failed so often, with the reason", async () => {
    const settings = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 };
    const put = await target.lambda.putFunctionEventInvokeConfig({ ...FunctionName(), ...settings });
    expect(put).to.include({ ...settings, FunctionArn: `${called.arn}:$LATEST` });
    expect(await target.lambda.getFunctionEventInvokeConfig(FunctionName())).to.include(settings);
    const order = { do: "throw", message: "on purpose" } as const;
    const { $metadata } = await queue(order);
    expect(await deadLetter()).to.deep.equal({
      ...{ event: order, id: $metadata.requestId, code: "200", why: "on purpose" },
    });
    await target.lambda.deleteFunctionEventInvokeConfig(FunctionName());
    const gone = await refused(target.lambda.getFunctionEventInvokeConfig(FunctionName()));
    expect(gone).to.include({ code: "ResourceNotFoundException", status: 404 });
  });

  // invocation-async-retain-records: "set the function's reserved concurrency to zero"
  it("are dead letters at once when the function has no concurrency at all", async () => {
    await target.lambda.putFunctionConcurrency({ ...FunctionName(), ReservedConcurrentExecutions: 0 });
    await queue({ do: "succeed" });
    expect(await deadLetter()).to.deep.include({ event: { do: "succeed" }, code: "429" });
    await target.lambda.deleteFunctionConcurrency(FunctionName());
  });

  // gettingstarted-limits
  it("have 1 MB and no more, and are JSON", async () => {
    const frame = JSON.stringify({ text: "" }).length;
    const text = "x".repeat(1024 * 1024 - frame);
    expect((await queue({ text })).StatusCode).to.equal(202);
    const large = await refused(queue({ text: `${text}x` }));
    expect(large).to.include({ code: "RequestEntityTooLargeException", status: 413 });
    const input = { ...FunctionName(), InvocationType: "Event", Payload: "{no json" } as const;
    expect((await refused(target.lambda.invoke(input))).code).to.equal("InvalidRequestContentException");
  });

  // API_PutFunctionEventInvokeConfig
  it("are not configured out of range", async () => {
    for (const settings of [
      { MaximumRetryAttempts: 3 },
      { MaximumRetryAttempts: -1 },
      { MaximumEventAgeInSeconds: 59 },
      { MaximumEventAgeInSeconds: 21_601 },
      {},
    ]) {
      const put = target.lambda.putFunctionEventInvokeConfig({ ...FunctionName(), ...settings });
      const { code, status } = await refused(put);
      expect(code).to.be.oneOf(["ValidationException", "InvalidParameterValueException"]);
      expect(status).to.equal(400);
    }
  });

  // API_DeadLetterConfig
  it("have a queue for dead letters until it is taken back", async () => {
    const configured = async () =>
      (await target.lambda.getFunctionConfiguration(FunctionName())).DeadLetterConfig?.TargetArn;
    expect(await configured()).to.equal(dead.arn);
    await target.lambda.updateFunctionConfiguration({
      ...FunctionName(),
      DeadLetterConfig: { TargetArn: "" },
    });
    await updated(target, called.name);
    expect(await configured()).to.equal(undefined);
  });
});
