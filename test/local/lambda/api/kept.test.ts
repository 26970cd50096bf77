// Functions and mappings that requests make: they outlive the process, and keep out of the way of what a program declares.
// That kill -9 takes none of it is in test/local/durability.
import { Lambda as LambdaApi } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { zipSync } from "fflate";
import { createLambda, type Lambda } from "../../../../local/lambda/lambda.ts";
import { connection, startTestCloud, type TestCloud } from "../../../support/local-cloud.ts";
import { rejection } from "../../../support/rejection.ts";
import { until } from "../../../support/until.ts";
import { aFunction } from "../a-function.ts";
import { aMapping, trust } from "../a-mapping.ts";

const ROLE = aFunction().roleArn;
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:work";

describe("What requests made of Lambda", () => {
  let cloud: TestCloud;
  let lambda: Lambda;
  let api: LambdaApi;
  let sqs: SQS;
  let lines: string[] = [];

  async function start(dataDirectory?: string) {
    cloud = await startTestCloud(dataDirectory === undefined ? {} : { dataDirectory });
    lambda = createLambda(cloud, { maximumEnvironments: 1, log: ({ line }) => lines.push(line) });
    api = new LambdaApi(connection(cloud));
    sqs = new SQS(connection(cloud));
  }

  function putRole(actions = "sqs:*") {
    const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
    cloud.iam.putRole(ROLE, trust("lambda.amazonaws.com"));
    cloud.iam.putRolePolicy(ROLE, "all", JSON.stringify({ Version: "2012-10-17", Statement }));
  }

  async function stop(keepsData = false) {
    await lambda.close();
    await cloud.stop({ keepsData });
  }

  const queueUrl = () => `${cloud.endpoint}/${cloud.accountId}/work`;
  const send = (MessageBody: string) => sqs.sendMessage({ QueueUrl: queueUrl(), MessageBody });
  const isEmpty = async () => {
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl: queueUrl(), AttributeNames: ["All"] });
    const { ApproximateNumberOfMessages: waiting, ApproximateNumberOfMessagesNotVisible: received } =
      Attributes ?? {};
    return Number(waiting) + Number(received) === 0;
  };
  const code = (text: string) => ({
    ZipFile: zipSync({ "index.js": Buffer.from(`exports.handler = async () => console.log("${text}")`) }),
  });
  const create = (FunctionName: string) =>
    api.createFunction({
      ...{ FunctionName, Role: ROLE, Runtime: "nodejs24.x", Handler: "index.handler", Code: code("first") },
    });

  beforeEach(async () => {
    lines = [];
    await start();
    putRole();
    await sqs.createQueue({ QueueName: "work" });
  });
  afterEach(() => stop());

  it("is there after a restart, and goes on once it is resumed", async () => {
    await create("kept");
    await create("dropped");
    await api.updateFunctionCode({ FunctionName: "kept", ...code("second") });
    await api.updateFunctionConfiguration({ FunctionName: "kept", Description: "mine" });
    await api.deleteFunction({ FunctionName: "dropped" });
    const mapping = { EventSourceArn: QUEUE_ARN, FunctionName: "kept" };
    const { UUID = "", LastModified } = await api.createEventSourceMapping({ ...mapping, BatchSize: 3 });
    const before = await api.getFunctionConfiguration({ FunctionName: "kept" });

    await stop(true);
    await start(cloud.dataDirectory);
    const { $metadata: _, ...after } = await api.getFunctionConfiguration({ FunctionName: "kept" });
    expect(before).to.deep.include(after);
    expect((await api.listFunctions({})).Functions?.map(({ FunctionName }) => FunctionName)).to.deep.equal([
      "kept",
    ]);
    const mapped = await api.getEventSourceMapping({ UUID });
    expect(mapped).to.deep.include({ State: "Enabled", BatchSize: 3, LastModified });
    await send("{}");
    putRole(); // A program's roles are there only when it was deployed; nothing was polled before.
    expect(lines).to.deep.equal([]);
    lambda.resume();
    await until("the queue is empty", isEmpty);
    expect(lines.filter((line) => line.includes("second"))).to.have.length(1);
  });

  it("is still disabled, or gone, after a restart", async () => {
    await create("kept");
    const input = { EventSourceArn: QUEUE_ARN, FunctionName: "kept" };
    const { UUID = "" } = await api.createEventSourceMapping(input);
    const settled = async () => (await api.getEventSourceMapping({ UUID })).State === "Enabled";
    await until("it is enabled", settled);
    await api.updateEventSourceMapping({ UUID, Enabled: false });
    await stop(true);
    await start(cloud.dataDirectory);
    lambda.resume();
    expect((await api.getEventSourceMapping({ UUID })).State).to.equal("Disabled");
    await api.deleteEventSourceMapping({ UUID });
    await stop(true);
    await start(cloud.dataDirectory);
    expect((await rejection(api.getEventSourceMapping({ UUID }))).name).to.equal("ResourceNotFoundException");
  });

  it("waits for its function, says once that it is not there, and goes on when it is made again", async () => {
    await create("kept");
    await api.createEventSourceMapping({ EventSourceArn: QUEUE_ARN, FunctionName: "kept" });
    await api.deleteFunction({ FunctionName: "kept" });
    await send("{}"); // Ends the long poll.
    await until("it is missed", () => lines.some((line) => line.includes("Function not found: arn:")));
    await create("kept");
    await send("{}");
    await until("the function is invoked", () => lines.some((line) => line.includes("first")));
    expect(lines.filter((line) => line.includes("Function not found"))).to.have.length(1);
  });

  it("is not overwritten by a program, and overwrites nothing of one", async () => {
    lambda.putFunction(aFunction());
    await lambda.putEventSourceMapping(aMapping(QUEUE_ARN));
    await create("kept");
    const arn = aFunction().arn.replace(/[^:]+$/, "kept");
    expect(() => lambda.putFunction(aFunction({ name: "kept", arn }))).to.throw(
      "Function already exist: kept",
    );
    const declared = { FunctionName: "sample" };
    const refusals = [
      create("sample"),
      api.updateFunctionCode({ ...declared, ...code("other") }),
      api.updateFunctionConfiguration({ ...declared, Timeout: 5 }),
      api.putFunctionConcurrency({ ...declared, ReservedConcurrentExecutions: 1 }),
      api.deleteFunctionConcurrency(declared),
      api.deleteFunction(declared),
      api.updateEventSourceMapping({ UUID: "work", BatchSize: 5 }),
      api.deleteEventSourceMapping({ UUID: "work" }),
      api.createEventSourceMapping({ EventSourceArn: QUEUE_ARN, ...declared }),
    ];
    const messages = (await Promise.all(refusals.map(rejection))).map(({ message }) => message);
    expect(messages[0]).to.equal("Function already exist: sample");
    expect(messages.at(-1)).to.match(/^An event source mapping with SQS arn .* already exists/);
    for (const message of messages.slice(1, -1))
      expect(message).to.match(/^Expected .*, but received \w+: deploy the program to change it\.$/);
  });

  it("is made by those who may, and who may pass the role", async () => {
    const allow = (...Action: string[]) => {
      const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
      cloud.iam.putRolePolicy(ROLE, "all", JSON.stringify({ Version: "2012-10-17", Statement }));
    };
    const session = cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "sample");
    const root = api;
    api = new LambdaApi({ ...connection(cloud), credentials: session });
    allow("lambda:CreateFunction");
    expect((await rejection(create("kept"))).message).to.include("iam:PassRole");
    allow("iam:PassRole");
    expect((await rejection(create("kept"))).message).to.include("lambda:CreateFunction");
    allow("lambda:CreateFunction", "iam:PassRole");
    await create("kept");
    const others = [
      api.deleteFunction({ FunctionName: "kept" }),
      api.updateFunctionCode({ FunctionName: "kept", ...code("x") }),
      api.getFunction({ FunctionName: "kept" }),
      api.listFunctions({}),
      api.createEventSourceMapping({ EventSourceArn: QUEUE_ARN, FunctionName: "kept" }),
    ];
    for (const { name } of await Promise.all(others.map(rejection)))
      expect(name).to.equal("AccessDeniedException");
    await root.deleteFunction({ FunctionName: "kept" });
  });

  it("has code from a bucket only for those who may read it there", async () => {
    await new S3({ ...connection(cloud), forcePathStyle: true }).createBucket({ Bucket: "code" });
    const Statement = [{ Effect: "Allow", Action: ["lambda:*", "iam:PassRole"], Resource: "*" }];
    cloud.iam.putRolePolicy(ROLE, "all", JSON.stringify({ Version: "2012-10-17", Statement }));
    const credentials = cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "sample");
    const input = {
      FunctionName: "kept",
      Role: ROLE,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
    } as const;
    const role = new LambdaApi({ ...connection(cloud), credentials });
    const Code = { S3Bucket: "code", S3Key: "code.zip" };
    const refusal = await rejection(role.createFunction({ ...input, Code }));
    expect(refusal.name).to.equal("AccessDeniedException");
    expect(refusal.message).to.match(/^Your access has been denied by S3.* S3 Error Code: AccessDenied/);
  });

  it("is not served where AWS would do what is not done here", async () => {
    await create("kept");
    const input = { EventSourceArn: QUEUE_ARN, FunctionName: "kept" };
    const refusals = [
      api.createEventSourceMapping({ ...input, FilterCriteria: { Filters: [{ Pattern: "{}" }] } }),
      api.createEventSourceMapping({ ...input, EventSourceArn: QUEUE_ARN.replace("sqs", "kinesis") }),
      api.updateFunctionConfiguration({ FunctionName: "kept", Layers: ["arn:x"] }),
      api.updateFunctionCode({ FunctionName: "kept", ...code("x"), Publish: true }),
      api.deleteFunction({ FunctionName: "kept", Qualifier: "1" }),
    ];
    const messages = (await Promise.all(refusals.map(rejection))).map(({ message }) => message);
    for (const message of messages) expect(message).to.match(/^Expected /);
  });
});
