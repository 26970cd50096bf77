// How many batches a mapping works on at once. Most cases are https://docs.aws.amazon.com/lambda/latest/dg/ :
//
//   services-sqs-scaling         the ramp (the numbers of it are in scaling.test.ts)
//   services-sqs-errorhandling   batches that stay throttled
//
// The maximum and the reserved concurrency are in test/contract/lambda. Of this machine alone: how several mappings share its
// few environments.
import { setImmediate as letOthersRun } from "node:timers/promises";
import { expect } from "chai";
import { until } from "../../../support/until.ts";
import { aMapping, type Scene, setScene } from "../a-mapping.ts";

/** Of 20 seconds: who had to wait for the end of one was not made way for. */
const LESS_THAN_A_LONG_POLL_MS = 15_000;

describe("an event source mapping, by its concurrency,", () => {
  let scene: Scene;

  afterEach(() => scene?.stop());

  it("receives only what an environment is free for", async () => {
    scene = await setScene({ maximumEnvironments: 2 });
    const arn = await scene.addQueue("work");
    for (let n = 0; n < 5; n++) await scene.send("work", { do: "hang", n });
    await scene.lambda.putEventSourceMapping(aMapping(arn, { batchSize: 1 }));
    await until("two environments are busy", () => scene.batches().length === 2);
    expect(await scene.counts("work")).to.deep.equal({ visible: 3, inFlight: 2 });
    expect(new Set(scene.batches().map(({ pid }) => pid)).size).to.equal(2);
  });

  for (const [timeScale, inFlight] of [
    [0.001, 5],
    [100, 110],
  ] as const) {
    it(`scales as AWS does where that is asked for: ${inFlight} batches soon, in ${timeScale} times its time`, async () => {
      const reservedConcurrency = 0; // What is received stays with its poller, and no process is needed.
      scene = await setScene({
        maximumEnvironments: 120,
        scaling: { timeScale },
        function: { reservedConcurrency },
      });
      const arn = await scene.addQueue("work");
      await Promise.all(Array.from({ length: 112 }, (_, n) => scene.send("work", { n })));
      await scene.lambda.putEventSourceMapping(aMapping(arn, { batchSize: 1, maximumConcurrency: 110 }));
      // At AWS's own speed, 110 take 21 seconds.
      await until("so many fly", async () => (await scene.counts("work")).inFlight === inFlight, 20_000);
      for (let turn = 0; turn < 300; turn++) await letOthersRun();
      expect(await scene.counts("work")).to.deep.equal({ visible: 112 - inFlight, inFlight });
    });
  }

  it("waits for a fuller batch in its time, too", async () => {
    scene = await setScene({ maximumEnvironments: 1, scaling: { timeScale: 100 } });
    const arn = await scene.addQueue("work");
    await scene.send("work", { n: 1 });
    await scene.lambda.putEventSourceMapping(aMapping(arn, { batchSize: 20, batchWindowSeconds: 100 }));
    await until("the batch is there, though not full", () => scene.batches().length === 1);
  });

  it("gives up what stays throttled: each receive counts, until the messages are dead letters", async () => {
    scene = await setScene({
      maximumEnvironments: 1,
      function: { timeoutSeconds: 1, reservedConcurrency: 0 },
    });
    const deadLetterTargetArn = await scene.addQueue("dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    const arn = await scene.addQueue("work", { VisibilityTimeout: "1", RedrivePolicy });
    await scene.send("work", { n: 1 });
    await scene.lambda.putEventSourceMapping(aMapping(arn));
    await until("the message is a dead letter", async () => (await scene.counts("dead")).visible === 1);
    expect(scene.batches()).to.deep.equal([]);
  });

  it("leaves the environments to other mappings while its queue is empty", async () => {
    scene = await setScene({ maximumEnvironments: 1 });
    await scene.lambda.putEventSourceMapping(aMapping(await scene.addQueue("idle")));
    await scene.lambda.putEventSourceMapping(aMapping(await scene.addQueue("busy")));
    for (let n = 0; n < 12; n++) await scene.send("busy", { n });
    await until("the busy queue is empty", () => scene.isEmpty("busy"), LESS_THAN_A_LONG_POLL_MS);
    await scene.send("idle", { n: 12 });
    await until("the idle queue is empty", () => scene.isEmpty("idle"), LESS_THAN_A_LONG_POLL_MS);
    expect(scene.works()).to.have.length(13);
  });

  it("keeps one poller when several find nothing at the same time", async () => {
    scene = await setScene({ maximumEnvironments: 2 });
    const busy = await scene.addQueue("busy");
    const idle = await scene.addQueue("idle");
    await scene.lambda.putEventSourceMapping(aMapping(busy, { batchSize: 1 }));
    const gate = scene.gate();
    for (let n = 0; n < 2; n++) await scene.send("busy", gate.work);
    await until("two pollers are at work", () => scene.batches().length === 2);
    gate.open();
    await until("both are done", () => scene.isEmpty("busy"));
    await scene.lambda.putEventSourceMapping(aMapping(idle)); // Both pollers make way.
    await scene.send("idle", { n: 1 });
    await until("the idle queue is empty", () => scene.isEmpty("idle"), LESS_THAN_A_LONG_POLL_MS);
    await scene.send("busy", { n: 2 });
    await until("the busy queue is empty", () => scene.isEmpty("busy"), LESS_THAN_A_LONG_POLL_MS);
  });
});
