// Event source mappings, where only this process can show it, or where a case elsewhere were unkind. What can be said of any
// endpoint is in test/contract/lambda. Below https://docs.aws.amazon.com/lambda/latest/dg/ :
//
//   with-sqs                          gathers a batch within its window; elsewhere its pollers share the messages as they like
//   invocation-recursion              stops a function that invokes itself; an endpoint that does not would never end
//
// Of this machine alone: the pauses after a denial, the end when Lambda is closed.
import { expect } from "chai";
import { until } from "../../../support/until.ts";
import { aMapping, type Scene, setScene } from "../a-mapping.ts";

describe("an event source mapping", () => {
  let scene: Scene;

  afterEach(() => scene?.stop());

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
    // The first pause is 250 ms long, the next is twice as long.
    const pausesMs = () => receivesMs.map((at, n) => at - (receivesMs[n - 1] ?? at));
    await until("it pauses longer than at first", () => pausesMs().some((ms) => ms >= 490));
    expect(scene.problems()).to.have.length(1);
    expect(scene.problems()[0]).to.match(
      /^Event source mapping work: User: arn:aws:sts::.+ is not authorized to perform: sqs:ReceiveMessage/,
    );
    scene.allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes");
    await until("the queue is empty", () => scene.isEmpty("work"));
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
