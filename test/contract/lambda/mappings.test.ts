// Event source mappings: create, describe, list, change, delete. What becomes of the messages is in batches.test.ts.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and its neighbours
import { randomUUID } from "node:crypto";
import type { CreateEventSourceMappingCommandInput } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { allow, useRoles } from "../iam/a-role.ts";
import { refused } from "../refused.ts";
import { useQueue, useQueues } from "../sqs/a-queue.ts";
import { newName } from "../target.ts";
import { aFunction, createFunction, LIMIT_MS, useFunction } from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";
import { isGone, isIn, useMappings } from "./a-mapping.ts";

const target = useFunctionTarget();

describe("contract: event source mappings", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target);
  const queues = useQueues(target);
  const mappings = useMappings(target);
  const find = (UUID: string) => target.lambda.getEventSourceMapping({ UUID });

  it("are created, with Lambda's defaults for what is not said", async () => {
    const queue = await queues();
    const UUID = await mappings(queue, fed);
    const { LastModified, ...found } = await find(UUID);
    expect(found).to.deep.include({
      ...{ UUID, State: "Enabled", EventSourceArn: queue.arn },
      ...{ FunctionArn: fed.arn, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 },
      FunctionResponseTypes: [],
    });
    expect(found).not.to.have.any.keys("ScalingConfig", "ProvisionedPollerConfig");
    expect(found.EventSourceMappingArn).to.match(new RegExp(`^arn:.*:event-source-mapping:${UUID}$`));
    expect(LastModified?.getTime()).to.be.closeTo(Date.now(), LIMIT_MS + 60_000);
  });

  it("are being created at first, and polling only when they are enabled", async () => {
    const queue = await queues();
    const created = await target.lambda.createEventSourceMapping({
      ...{ EventSourceArn: queue.arn, FunctionName: fed.arn, Enabled: false, BatchSize: 100 },
      ...{ MaximumBatchingWindowInSeconds: 5, FunctionResponseTypes: ["ReportBatchItemFailures"] },
      ScalingConfig: { MaximumConcurrency: 7 },
    });
    const { UUID = "" } = created;
    expect(created.$metadata.httpStatusCode).to.equal(202);
    expect(created.State).to.equal("Creating");
    await isIn(target, UUID, "Disabled");
    expect(await find(UUID)).to.deep.include({
      ...{ BatchSize: 100, MaximumBatchingWindowInSeconds: 5, ScalingConfig: { MaximumConcurrency: 7 } },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    await target.lambda.deleteEventSourceMapping({ UUID });
  });

  it("are listed, all of a queue and all of a function, page by page", async () => {
    const [one, two] = [await queues(), await queues()];
    const ids = [await mappings(one, fed, { Enabled: false }), await mappings(two, fed, { Enabled: false })];
    const list = async (asked: object) =>
      (await target.lambda.listEventSourceMappings(asked)).EventSourceMappings?.map(({ UUID }) => UUID);
    expect(await list({ EventSourceArn: one.arn })).to.deep.equal([ids[0]]);
    expect(await list({ EventSourceArn: two.arn, FunctionName: fed.name })).to.deep.equal([ids[1]]);
    const found: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const asked = { FunctionName: fed.arn, MaxItems: 1, ...(Marker && { Marker }) };
      const page = await target.lambda.listEventSourceMappings(asked);
      expect(page.EventSourceMappings?.length).to.be.at.most(1);
      found.push(...(page.EventSourceMappings ?? []).map(({ UUID }) => UUID));
      Marker = page.NextMarker;
    } while (Marker);
    expect(found).to.include.members(ids);
    expect(new Set(found).size).to.equal(found.length);
  });

  it("are changed in what is said, and no more", async () => {
    const UUID = await mappings(await queues(), fed, { ScalingConfig: { MaximumConcurrency: 2 } });
    const update = async (changes: object) => {
      const { State, $metadata } = await target.lambda.updateEventSourceMapping({ UUID, ...changes });
      expect([State, $metadata.httpStatusCode]).to.deep.equal(["Updating", 202]);
      await isIn(target, UUID, "Enabled");
      return await find(UUID);
    };
    expect(await update({ BatchSize: 20, MaximumBatchingWindowInSeconds: 1 })).to.deep.include({
      ...{ BatchSize: 20, MaximumBatchingWindowInSeconds: 1, FunctionResponseTypes: [] },
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const reporting = { FunctionResponseTypes: ["ReportBatchItemFailures"] };
    expect(await update({ ...reporting, ScalingConfig: { MaximumConcurrency: 3 } })).to.deep.include({
      ...{ BatchSize: 20, ...reporting, ScalingConfig: { MaximumConcurrency: 3 } },
    });
    // "To remove the maximum concurrency": services-sqs-scaling
    const { ScalingConfig } = await update({ ScalingConfig: {} });
    expect(ScalingConfig?.MaximumConcurrency).to.equal(undefined);
  });

  it("are gone soon after they are deleted", async () => {
    const UUID = await mappings(await queues(), fed);
    const { State, $metadata } = await target.lambda.deleteEventSourceMapping({ UUID });
    expect([State, $metadata.httpStatusCode]).to.deep.equal(["Deleting", 202]);
    await isGone(target, UUID);
  });

  it("outlive their function", async () => {
    const queue = await queues();
    const other = await createFunction(target, await aFunction(target));
    const FunctionName = other.FunctionName ?? "";
    const UUID = await mappings(queue, { ...fed, name: FunctionName });
    await target.lambda.deleteFunction({ FunctionName });
    expect(await find(UUID)).to.include({ State: "Enabled", FunctionArn: other.FunctionArn });
    await target.lambda.updateEventSourceMapping({ UUID, Enabled: false });
    await isIn(target, UUID, "Disabled");
  });
});

describe("contract: event source mappings that are refused", function () {
  this.timeout(2 * LIMIT_MS);
  const fed = useFunction(target);
  const queue = useQueue(target);
  const hasty = useQueue(target, { VisibilityTimeout: "19" });
  const mappings = useMappings(target);
  const roles = useRoles(target);
  let UUID = "";
  before(async () => {
    UUID = await mappings(queue, fed, { Enabled: false });
  });
  const create = (more: Partial<CreateEventSourceMappingCommandInput>) =>
    refused(
      target.lambda.createEventSourceMapping({ FunctionName: fed.name, EventSourceArn: queue.arn, ...more }),
    );

  it("exist already for the queue and the function", async () => {
    const refusal = await create({});
    expect(refusal).to.include({ code: "ResourceConflictException", status: 409 });
    expect(refusal.message).to.include(queue.arn).and.to.include(UUID);
  });

  const outOfRange: [what: string, settings: object, name: RegExp][] = [
    ["a batch of none", { BatchSize: 0 }, /batchSize/i],
    ["a batch of more than 10,000", { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 }, /batch ?Size/i],
    ["a window of more than five minutes", { MaximumBatchingWindowInSeconds: 301 }, /window/i],
    ["a batch of more than ten without a window", { BatchSize: 11 }, /window .* must be greater than 0/i],
    ["a maximum concurrency of one", { ScalingConfig: { MaximumConcurrency: 1 } }, /maximumConcurrency/i],
    ["one of more than 1,000", { ScalingConfig: { MaximumConcurrency: 1001 } }, /maximumConcurrency/i],
  ];
  for (const [what, settings, name] of outOfRange) {
    it(`have ${what}, from the start or by an update`, async () => {
      const update = refused(target.lambda.updateEventSourceMapping({ UUID, ...settings }));
      for (const { code, status, message } of [await create(settings), await update]) {
        expect(code).to.be.oneOf(["ValidationException", "InvalidParameterValueException"]);
        expect(status).to.equal(400);
        expect(message).to.match(name);
      }
    });
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-queueconfig
  it("have a queue that hides its messages shorter than the function may take", async () => {
    const refusal = await create({ EventSourceArn: hasty.arn });
    expect(refusal).to.include({ code: "InvalidParameterValueException", status: 400 });
    expect(refusal.message).to.match(/visibility timeout: 19 seconds is less than Function timeout: 20 sec/);
  });

  // with-sqs, events-sqs-permissions
  it("have a function whose role may not receive from the queue", async () => {
    const { Arn: Role, RoleName } = await roles();
    const PolicyDocument = allow(["sqs:DeleteMessage", "sqs:GetQueueAttributes"]);
    await target.iam.putRolePolicy({ RoleName, PolicyName: "too-little", PolicyDocument });
    const { FunctionName = "" } = await createFunction(target, await aFunction(target, { Role }));
    expect(await create({ FunctionName })).to.include({
      ...{ code: "InvalidParameterValueException", status: 400 },
      message: "The function execution role does not have permissions to call ReceiveMessage on SQS",
    });
    await target.lambda.deleteFunction({ FunctionName });
  });

  it("have no queue, one that is not there, or a function that is not", async () => {
    const refusals = [
      await create({ EventSourceArn: undefined }),
      await create({ EventSourceArn: queue.arn.replace(/[^:]+$/, newName()) }),
    ];
    for (const refusal of refusals)
      expect(refusal).to.include({ code: "InvalidParameterValueException", status: 400 });
    // The documentation has the one code; recorded was the other.
    const { code } = await create({ FunctionName: newName() });
    expect(code).to.be.oneOf(["ResourceNotFoundException", "InvalidParameterValueException"]);
  });

  it("are not there", async () => {
    const unknown = { UUID: randomUUID() };
    const refusals = [
      target.lambda.getEventSourceMapping(unknown),
      target.lambda.updateEventSourceMapping({ ...unknown, Enabled: false }),
      target.lambda.deleteEventSourceMapping(unknown),
    ];
    for (const refusal of await Promise.all(refusals.map(refused)))
      expect(refusal).to.include({ code: "ResourceNotFoundException", status: 404 });
  });
});
