// Pausing and resuming a real function over a real queue: what is under way ends, what waits stays.
import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import type { Engine } from "../../operations/engine.ts";
import { readMapping } from "../../operations/engine.ts";
import { switchMappings } from "../../operations/pause.ts";
import { aMapping, type Scene, setScene } from "../local/lambda/a-mapping.ts";
import { lambdaClient } from "../support/local-cloud.ts";
import { rejection } from "../support/rejection.ts";
import { until } from "../support/until.ts";

describe("pause and resume", () => {
  let scene: Scene;
  let engine: Engine;

  beforeEach(async () => {
    scene = await setScene({ maximumEnvironments: 2 });
    for (const queue of ["work", "backfill"])
      await scene.lambda.putEventSourceMapping(aMapping(await scene.addQueue(queue)));
    const mappingIds = { work: "work", backfill: "backfill" };
    engine = { lambda: lambdaClient(scene.cloud), functionName: "sample", mappingIds };
  });
  afterEach(() => scene.stop());

  const set = (enabled: boolean, lanes: ("work" | "backfill")[]) =>
    switchMappings(engine, { lanes, enabled, pollMs: 20 });

  it("waits until what is under way has ended, then nothing is taken until it is resumed", async () => {
    const gate = scene.gate();
    await scene.send("work", gate.work);
    await until("it is under way", () => scene.batches().length > 0);

    const pausing = set(false, ["work"]);
    await until(
      "it is being disabled",
      async () => (await readMapping(engine, "work")).state === "Disabling",
    );
    gate.open();
    const paused = await pausing;

    expect(paused).to.deep.equal([{ lane: "work", id: "work", before: "Enabled", state: "Disabled" }]);
    expect(await scene.counts("work")).to.deep.equal({ visible: 0, inFlight: 0 });
    expect((await readMapping(engine, "backfill")).state).to.equal("Enabled");
    await scene.send("work", { n: 1 });
    await scene.send("backfill", { n: 2 });
    await until("the other lane goes on", () => scene.batches().length === 2);
    expect(await scene.counts("work")).to.deep.equal({ visible: 1, inFlight: 0 });

    const again = await set(false, ["work", "backfill"]);
    expect(again.map(({ before }) => before)).to.deep.equal(["Disabled", "Enabled"]);
    await set(true, ["work", "backfill"]);
    await until("what waited is dealt with", () => scene.batches().length === 3);
  });

  it("does not claim what somebody else undid", async () => {
    const { lambda } = engine;
    const send = lambda.send.bind(lambda) as (command: unknown) => Promise<unknown>;
    const meddled = Object.assign(Object.create(lambda), {
      async send(command: unknown) {
        const answer = await send(command);
        if (!(command instanceof UpdateEventSourceMappingCommand)) return answer;
        await until("it is disabled", async () => (await readMapping(engine, "work")).state === "Disabled");
        await send(new UpdateEventSourceMappingCommand({ UUID: "work", Enabled: true }));
        return answer;
      },
    });

    const error = await rejection(
      switchMappings({ ...engine, lambda: meddled }, { lanes: ["work"], enabled: false, pollMs: 20 }),
    );

    expect(error.message).to.include("somebody else changed it meanwhile");
  });
});
