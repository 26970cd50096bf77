// Events: their retries at another speed, and that nothing takes one that was acknowledged. What can be said of any endpoint is in
// test/contract/lambda. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
import {
  CreateFunctionCommand,
  InvokeCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { zipSync } from "fflate";
import { lambdaClient } from "../../../support/local-cloud.ts";
import { type TemporaryFolder, temporaryFolder } from "../../../support/temporary-folder.ts";
import { until } from "../../../support/until.ts";
import { FUNCTION_ROLE } from "../../durability/fixtures/function-role.ts";
import { type KillableCloud, startKillableCloud } from "../../durability/killable-cloud.ts";
import { drain } from "../../durability/queues.ts";
import { aFunction } from "../a-function.ts";
import { type Scene, setScene } from "../a-mapping.ts";

/** A minute is a tenth of a second. */
const TIME_SCALE = 600;

describe("events", () => {
  let scene: Scene;

  afterEach(() => scene.stop());

  const queue = async (event: object, FunctionName = "sample") => {
    const command = {
      FunctionName,
      InvocationType: "Event",
      Payload: JSON.stringify(event),
    } as const;
    const { $metadata, StatusCode } = await lambdaClient(scene.cloud).send(new InvokeCommand(command));
    expect(StatusCode).to.equal(202);
    return $metadata.requestId ?? "";
  };
  const starts = () => scene.logged.filter(({ line }) => line.startsWith("START"));

  it("are tried three times, a minute and then two minutes later, as one request, and then given up", async () => {
    scene = await setScene({ maximumEnvironments: 1, scaling: { timeScale: TIME_SCALE } });
    const atMs: number[] = [];
    const { push } = scene.logged;
    scene.logged.push = (...lines) => {
      for (const { line } of lines) if (line.startsWith("START")) atMs.push(performance.now());
      return push.apply(scene.logged, lines);
    };
    const id = await queue({ do: "throw", message: "boom" });
    await until("it is given up", () => scene.problems().length > 0);
    expect(starts().map(({ requestId }) => requestId)).to.deep.equal([id, id, id]);
    const [first = 0, second = 0, third = 0] = atMs;
    expect(second - first).to.be.at.least(60_000 / TIME_SCALE);
    expect(third - second).to.be.at.least(120_000 / TIME_SCALE);
    expect(scene.problems()).to.deep.equal([`An event was given up, ${id}: boom`]);
  });

  it("wait while the function has no concurrency left", async () => {
    const options = { maximumEnvironments: 2, function: { reservedConcurrency: 1 } };
    scene = await setScene({ ...options, scaling: { timeScale: TIME_SCALE } });
    const gate = scene.gate();
    const ids = [await queue(gate.work), await queue(gate.work)];
    await until("one is under way", () => starts().length === 1);
    gate.open();
    const isOver = () => scene.logged.filter(({ line }) => line.startsWith("REPORT")).length === 2;
    await until("both are over", isOver);
    expect(starts().map(({ requestId }) => requestId)).to.have.members(ids);
    expect(scene.problems()).to.deep.equal([]);
  });

  it("are all done, when there are more than are taken at once, and keep nobody else's from it", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const gate = scene.gate();
    const ids = [await queue(gate.work)];
    for (let n = 0; n < 120; n += 1) ids.push(await queue({ do: "echo" }));
    const other = { name: "other", arn: aFunction().arn.replace(/sample$/, "other") };
    scene.lambda.putFunction(aFunction(other));
    await queue({ do: "echo" }, "other");
    const isOther = ({ functionName }: { functionName: string }) => functionName === "other";
    await until("another's is under way meanwhile", () => starts().some(isOther));
    gate.open();
    await until("all are over", () => starts().length === ids.length + 1);
    expect(
      starts()
        .filter((each) => !isOther(each))
        .map(({ requestId }) => requestId),
    ).to.have.members(ids);
  });
});

describe("events that were acknowledged", () => {
  let folder: TemporaryFolder;
  let cloud: KillableCloud;

  before(async () => {
    folder = temporaryFolder();
    cloud = await startKillableCloud({ dataDirectory: folder.path });
  });
  after(async () => {
    await cloud.kill();
    folder.remove();
  });

  /** Every event fails, and is a dead letter at once: what was invoked is seen there. */
  async function createFailing() {
    const { lambda, sqs } = cloud;
    await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
    const source = "exports.handler = async ({ n }) => { throw new Error(n); };";
    await lambda.send(
      new CreateFunctionCommand({
        ...{ FunctionName: "failing", Role: FUNCTION_ROLE, Runtime: "nodejs24.x", Handler: "index.handler" },
        Code: { ZipFile: zipSync({ "index.js": Buffer.from(source) }) },
        DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" },
      }),
    );
    const once = { FunctionName: "failing", MaximumRetryAttempts: 0 };
    await lambda.send(new PutFunctionEventInvokeConfigCommand(once));
  }

  async function invoke(n: number) {
    const Payload = JSON.stringify({ n });
    await cloud.lambda.send(new InvokeCommand({ FunctionName: "failing", InvocationType: "Event", Payload }));
  }

  it("lead to invocations after kill -9, whatever was under way", async () => {
    await createFailing();
    const acknowledged: number[] = [];
    const sent = Array.from({ length: 60 }, (_, n) => invoke(n).then(() => acknowledged.push(n)));
    const all = Promise.allSettled(sent);
    await until("half are acknowledged", () => acknowledged.length >= 30);
    await cloud.kill();
    await all;
    cloud = await startKillableCloud({ dataDirectory: folder.path });
    const QueueUrl = `${cloud.endpoint}/000000000000/dead`;
    const found = new Set<number>();
    await until("each is a dead letter", async () => {
      for (const { Body = "" } of await drain(cloud.sqs, QueueUrl)) found.add(JSON.parse(Body).n);
      return acknowledged.every((n) => found.has(n));
    });
  });
});
