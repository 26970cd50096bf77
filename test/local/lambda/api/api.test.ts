// Lambda's own API with the unmodified SDK: what operators ask of a function and its mappings. Each operation as in
// https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html and its neighbours.
import {
  GetEventSourceMappingCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  PublishVersionCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { lambdaClient } from "../../../support/local-cloud.ts";
import { rejection } from "../../../support/rejection.ts";
import { until } from "../../../support/until.ts";
import { aFunction } from "../a-function.ts";
import { aMapping, type Scene, setScene } from "../a-mapping.ts";

describe("Lambda's API", () => {
  let scene: Scene;
  let lambda: LambdaClient;
  let arn: string;

  beforeEach(async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    lambda = lambdaClient(scene.cloud);
    arn = await scene.addQueue("work");
    await scene.lambda.putEventSourceMapping(aMapping(arn));
  });
  afterEach(() => scene.stop());

  const stateOf = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID: "work" }))).State;
  const enable = (Enabled: boolean) =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID: "work", Enabled }));

  it("describes a function by its name or its arn", async () => {
    for (const FunctionName of ["sample", aFunction().arn]) {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect(found).to.deep.include({ FunctionArn: aFunction().arn, Timeout: 30, MemorySize: 512 });
    }
  });

  it("says how much concurrency is reserved for a function, if any is", async () => {
    const reserved = async () => {
      const asked = new GetFunctionConcurrencyCommand({ FunctionName: "sample" });
      return (await lambda.send(asked)).ReservedConcurrentExecutions;
    };
    const before = await reserved();
    scene.lambda.putFunction(aFunction({ reservedConcurrency: 7 }));

    expect([before, await reserved()]).to.deep.equal([undefined, 7]);
  });

  it("describes mappings, also those of one queue", async () => {
    const { LastModified, ...found } = await lambda.send(new GetEventSourceMappingCommand({ UUID: "work" }));
    const list = async (EventSourceArn: string) =>
      (await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }))).EventSourceMappings ?? [];

    expect(found).to.deep.include({
      ...{ State: "Enabled", EventSourceArn: arn, BatchSize: 10, MaximumBatchingWindowInSeconds: 0 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
    expect(LastModified?.getTime()).to.be.closeTo(Date.now(), 60_000);
    expect((await list(arn)).map(({ UUID }) => UUID)).to.deep.equal(["work"]);
    expect(await list(`${arn}2`)).to.deep.equal([]);
  });

  it("lets what is under way end before a mapping is disabled, and then hands out nothing until it is enabled", async () => {
    const gate = scene.gate();
    await scene.send("work", gate.work);
    await until("it is under way", () => scene.batches().length > 0);

    const answer = await enable(false);
    const refused = await rejection(enable(true));
    expect(await scene.counts("work")).to.deep.equal({ visible: 0, inFlight: 1 });
    gate.open();
    await until("it is disabled", async () => (await stateOf()) === "Disabled");

    expect([answer.State, refused.name]).to.deep.equal(["Disabling", "ResourceInUseException"]);
    expect(await scene.counts("work")).to.deep.equal({ visible: 0, inFlight: 0 });
    await scene.send("work", { n: 1 });
    expect(await stateOf()).to.equal("Disabled");
    expect(await scene.counts("work")).to.deep.equal({ visible: 1, inFlight: 0 });

    expect((await enable(true)).State).to.equal("Enabling");
    await until("the message is dealt with", () => scene.batches().length > 1);
  });

  it("refuses what is not there, not allowed, or not served", async () => {
    const credentials = scene.cloud.iam.assumeRole(aFunction().roleArn, "lambda.amazonaws.com", "sample");
    const role = lambdaClient(scene.cloud, credentials);
    const UUID = "work";
    const refusals = [
      lambda.send(new GetEventSourceMappingCommand({ UUID: "other" })),
      lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "other" })),
      lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 5 })),
      role.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false })),
      lambda.send(new PublishVersionCommand({ FunctionName: "sample" })),
    ].map(async (request) => (await rejection(request)).name);

    expect(await Promise.all(refusals)).to.deep.equal([
      ...["ResourceNotFoundException", "ResourceNotFoundException", "InvalidParameterValueException"],
      ...["AccessDeniedException", "NotImplemented"],
    ]);
    expect(await stateOf()).to.equal("Enabled");
  });
});
