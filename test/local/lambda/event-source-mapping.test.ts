// What becomes of the messages of a queue that a mapping feeds to a function. AWS has no other way to set up such a case than to
// create functions and mappings, which are not served here but deployed: so the contract suite, which runs against any
// endpoint, has none of these. Each comes from a page of the documentation all the same, below
// https://docs.aws.amazon.com/lambda/latest/dg/ :
//
//   with-sqs                          invokes and deletes; gathers a batch within its window
//   services-sqs-errorhandling        deletes what was not reported, or all, or nothing
//   services-sqs-configure            is refused: the role, the visibility timeout, the window
//   invocation-recursion              stops a function that invokes itself
//   invocation-eventsourcemapping     disabled, it polls no more
//   lambda-intro-execution-role       a role that does not trust Lambda
//
// Of this machine alone: the pauses after a denial, the end when Lambda is closed, a function that is put again.
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { rejection } from "../../support/rejection.ts";
import { until } from "../../support/until.ts";
import { aFunction } from "./a-function.ts";
import { aMapping, type Scene, setScene, trust } from "./a-mapping.ts";

describe("an event source mapping", () => {
  let scene: Scene;

  afterEach(() => scene?.stop());

  it("invokes the function with what is in the queue and deletes it", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const arn = await scene.addQueue("work");
    await scene.send("work", { n: 1 });
    await scene.send("work", { n: 2 });
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await until("the queue is empty", () => scene.isEmpty("work"));
    expect(scene.works()).to.have.deep.members([{ n: 1 }, { n: 2 }]);
    expect(scene.problems()).to.deep.equal([]);
  });

  it("deletes what the function did not report, and dead-letters what it reports every time", async () => {
    scene = await setScene({ maximumEnvironments: 2 });
    const deadLetterTargetArn = await scene.addQueue("dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    const arn = await scene.addQueue("work", { RedrivePolicy });
    for (const work of [{ do: "fail" }, { n: 1 }, { n: 2 }]) await scene.send("work", work);
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    const reported = async (times: number) => {
      const failed = () => scene.works().filter((work) => work.do === "fail").length;
      const flies = async () => (await scene.counts("work")).inFlight === 1;
      await until(`it is all that flies, after ${times}`, async () => failed() === times && (await flies()));
      scene.passMs(31_000);
    };
    await reported(1);
    await scene.send("work", { n: 3 }); // Ends the long poll, which is not woken by time that did not pass.
    await reported(2);
    await scene.send("work", { n: 4 });
    await until("the work queue is empty", () => scene.isEmpty("work"));
    expect(await scene.counts("dead")).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(scene.works().filter((work) => work.do === "fail")).to.have.length(2);
    expect(scene.works()).to.have.length(6);
  });

  it("takes the same answer for success when the mapping does not ask for partial failures", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const arn = await scene.addQueue("work");
    await scene.send("work", { do: "fail" });
    await scene.lambda.putEventSourceMapping(aMapping(arn, { reportBatchItemFailures: false }));
    await until("the queue is empty", () => scene.isEmpty("work"));
    expect(scene.works()).to.have.length(1);
  });

  for (const failing of [{ do: "throw", message: "x" }, { do: "exit", code: 1 }, { do: "hang" }]) {
    it(`deletes nothing when the handler ${failing.do}s`, async () => {
      const limit = failing.do === "hang" && { timeoutSeconds: 1 };
      scene = await setScene({ maximumEnvironments: 1, function: { ...limit } });
      const arn = await scene.addQueue("work");
      await scene.send("work", { n: 1 });
      await scene.send("work", failing);
      await scene.lambda.putEventSourceMapping(aMapping(arn));
      const isReport = ({ line }: { line: string }) => line.startsWith("REPORT");
      await until("the invocation is over", () => scene.logged.some(isReport));
      await scene.lambda.close();
      expect(await scene.counts("work")).to.deep.equal({ visible: 0, inFlight: scene.works().length });
    });
  }

  it("gathers a batch of more than ten within its window", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const arn = await scene.addQueue("work");
    for (let n = 0; n < 25; n++) await scene.send("work", { n });
    await scene.lambda.putEventSourceMapping(aMapping(arn, { batchSize: 20, batchWindowSeconds: 1 }));
    await until("the queue is empty", () => scene.isEmpty("work"));
    expect(scene.batches().map(({ batch }) => batch.length)).to.deep.equal([20, 5]);
  });

  it("stops a function that invokes itself through the queue after 16 times: the message waits until it is a dead letter", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const deadLetterTargetArn = await scene.addQueue("dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    const arn = await scene.addQueue("work", { RedrivePolicy });
    scene.allow("sqs:*");
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await scene.send("work", { do: "again", queueUrl: scene.urlOf("work") });
    await until("it is stopped", () => scene.problems().length > 0);
    expect(scene.batches()).to.have.length(16);
    expect(scene.problems()[0]).to.match(
      /: Lambda has detected your function being invoked in a recursive loop/,
    );
    expect(await scene.counts("work")).to.deep.equal({ visible: 0, inFlight: 1 });
    expect(scene.problems()).to.have.length(1);
  });

  it("is refused when the role lacks a permission, in AWS's words", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const mapping = aMapping(await scene.addQueue("work"));
    scene.allow("sqs:DeleteMessage", "sqs:GetQueueAttributes");
    expect((await rejection(scene.lambda.putEventSourceMapping(mapping))).message).to.equal(
      "The function execution role does not have permissions to call ReceiveMessage on SQS",
    );
  });

  it("is refused when it could not work", async () => {
    scene = await setScene({ maximumEnvironments: 1, function: { timeoutSeconds: 31 } });
    const arn = await scene.addQueue("work");
    const refusal = async (changes: object) =>
      (await rejection(scene.lambda.putEventSourceMapping(aMapping(arn, changes)))).message;
    expect(await refusal({})).to.match(
      /visibility timeout: 30 seconds is less than Function timeout: 31 seconds$/,
    );
    expect(await refusal({ batchSize: 11 })).to.match(
      /^Maximum batch window in seconds must be greater than 0/,
    );
    expect(await refusal({ functionArn: "arn:none" })).to.equal("Function does not exist");
  });

  it("says once that it is denied, looks again with growing pauses, and goes on when it is allowed", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const arn = await scene.addQueue("work");
    const receivesMs: number[] = [];
    const { handle } = scene.cloud;
    scene.cloud.handle = (request) => {
      if (request.headers["x-amz-target"] === "AmazonSQS.ReceiveMessage") receivesMs.push(performance.now());
      return handle(request);
    };
    await scene.lambda.putEventSourceMapping(aMapping(arn, { maximumConcurrency: 2 }));
    await until("it polls", () => receivesMs.length > 0);
    receivesMs.length = 0;
    scene.allow("sqs:DeleteMessage");
    await scene.send("work", { n: 1 }); // Ends the long poll that was allowed, and brings a second poller, which leaves again.
    const pausesMs = () => receivesMs.map((at, n) => at - (receivesMs[n - 1] ?? at)).filter((ms) => ms > 200);
    await until("it has looked again twice", () => pausesMs().length >= 2);
    const [first = 0, second = 0] = pausesMs();
    expect(second).to.be.greaterThan(1.5 * first);
    expect(scene.problems()).to.have.length(1);
    expect(scene.problems()[0]).to.match(
      /^Event source mapping work: User: arn:aws:sts::.+ is not authorized to perform: sqs:ReceiveMessage/,
    );
    scene.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");
    await until("the queue is empty", () => scene.isEmpty("work"));
  });

  it("polls no more after it is disabled or closed", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    const arn = await scene.addQueue("work");
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await scene.lambda.putEventSourceMapping(aMapping(arn, { enabled: false }));
    await scene.send("work", { n: 1 });
    const received = await scene.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: scene.urlOf("work"), WaitTimeSeconds: 1 }),
    );
    expect(received.Messages).to.have.length(1);
    expect(scene.batches()).to.deep.equal([]);
  });

  it("lets the invocation under way end when Lambda is closed", async () => {
    scene = await setScene({ maximumEnvironments: 1, closeGraceMs: 20_000 });
    const arn = await scene.addQueue("work");
    const gate = scene.gate();
    await scene.send("work", gate.work);
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await until("it is at work", () => scene.batches().length === 1);
    const closed = scene.lambda.close();
    gate.open();
    await closed;
    expect(await scene.isEmpty("work")).to.equal(true);
  });
});

describe("a function", () => {
  let scene: Scene;

  afterEach(() => scene.stop());

  it("runs with its new configuration once that is put", async () => {
    scene = await setScene({ maximumEnvironments: 1, function: { environment: { COLOUR: "red" } } });
    const arn = await scene.addQueue("work");
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await scene.send("work", { n: 1 });
    await until("the first batch is done", () => scene.batches().length === 1);
    scene.lambda.putFunction(aFunction({ environment: { COLOUR: "blue" } }));
    await scene.send("work", { n: 2 });
    await until("the second batch is done", () => scene.batches().length === 2);
    expect(scene.batches().map(({ colour }) => colour)).to.deep.equal(["red", "blue"]);
  });

  it("is refused when its role does not trust Lambda", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    scene.cloud.iam.putRole(aFunction().roleArn, trust("ec2.amazonaws.com"));
    expect(() => scene.lambda.putFunction(aFunction())).to.throw(
      "The role defined for the function cannot be assumed by Lambda.",
    );
  });
});
