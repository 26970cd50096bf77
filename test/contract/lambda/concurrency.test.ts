// How many invocations there are at once. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html and
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
import { expect } from "chai";
import { refused } from "../refused.ts";
import { type TestQueue, useQueues } from "../sqs/a-queue.ts";
import { LIMIT_MS, type Observation, type TestFunction, useFunction } from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";
import { emptied, order, useMappings } from "./a-mapping.ts";

const target = useFunctionTarget();

/** How many were under way at the busiest moment. */
function mostAtOnce(observations: readonly Observation[]): number {
  let [now, most] = [0, 0];
  for (const { kind } of observations.toSorted((one, other) => one.atMs - other.atMs)) {
    now += kind === "begun" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

const begun = (fed: TestFunction, queue: TestQueue) =>
  fed.observed(queue).filter(({ kind }) => kind === "begun").length;

describe("contract: the maximum concurrency of a mapping", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target);
  const queues = useQueues(target);
  const mappings = useMappings(target);

  it("is as many batches as are worked on at once, and no more", async () => {
    const [queue, gate] = [await queues(), await queues()];
    const orders = Array.from({ length: 5 }, () => ({ do: "wait", gateUrl: gate.url }) as const);
    await order(queue, ...orders);
    await mappings(queue, fed, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
    await fed.sees("two are under way", () => begun(fed, queue) === 2);
    const instances = new Set(fed.observed(queue).map(({ instance }) => instance));
    expect(instances.size).to.equal(2);
    for (const each of orders) await gate.send(each.do);
    await fed.sees("all are over", () => fed.observed(queue).length === 2 * orders.length);
    expect(mostAtOnce(fed.observed(queue))).to.equal(2);
    await emptied(queue);
  });
});

describe("contract: reserved concurrency", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target);
  const queues = useQueues(target);
  const mappings = useMappings(target);
  const reserve = (ReservedConcurrentExecutions: number) =>
    target.lambda.putFunctionConcurrency({ FunctionName: fed.name, ReservedConcurrentExecutions });
  const reserved = async () =>
    (await target.lambda.getFunctionConcurrency({ FunctionName: fed.name })).ReservedConcurrentExecutions;

  it("is put, told and taken back", async () => {
    expect(await reserved()).to.equal(undefined);
    expect((await reserve(3)).ReservedConcurrentExecutions).to.equal(3);
    expect(await reserved()).to.equal(3);
    const { Concurrency } = await target.lambda.getFunction({ FunctionName: fed.name });
    expect(Concurrency?.ReservedConcurrentExecutions).to.equal(3);
    const { $metadata } = await target.lambda.deleteFunctionConcurrency({ FunctionName: fed.name });
    expect($metadata.httpStatusCode).to.equal(204);
    expect(await reserved()).to.equal(undefined);
  });

  it("of none refuses every invocation", async () => {
    await reserve(0);
    const refusal = await refused(target.lambda.invoke({ FunctionName: fed.name }));
    expect(refusal).to.include({ code: "TooManyRequestsException", status: 429 });
    expect(refusal.detail.Reason).to.equal("ReservedFunctionConcurrentInvocationLimitExceeded");
  });

  // services-sqs-errorhandling: "Lambda pauses processing and retries"
  it("throttles batches, which are tried again until they are worked on, one after the other", async () => {
    await reserve(1);
    const [queue, gate] = [await queues(), await queues()];
    for (let n = 0; n < 2; n++) {
      await order(queue, { do: "wait", gateUrl: gate.url });
      await gate.send("open");
    }
    await mappings(queue, fed, { BatchSize: 1 });
    await fed.sees("all are over", () => fed.observed(queue).length === 4);
    expect(mostAtOnce(fed.observed(queue))).to.equal(1);
    await emptied(queue);
  });
});
