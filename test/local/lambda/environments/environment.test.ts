import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Environment, startEnvironment } from "../../../../local/lambda/environments/environment.ts";
import type { Fate } from "../../../../local/lambda/environments/fate.ts";
import type { FunctionConfiguration, FunctionLog } from "../../../../local/lambda/function.ts";
import { descendantsOf } from "../../../support/processes.ts";
import { rejection } from "../../../support/rejection.ts";
import { until } from "../../../support/until.ts";
import { aFunction, nowhere } from "../a-function.ts";

describe("an execution environment", () => {
  const started: Environment[] = [];
  let logged: FunctionLog[] = [];

  afterEach(() => {
    for (const environment of started.splice(0)) environment.kill();
    logged = [];
  });

  async function start(changes: Partial<FunctionConfiguration> = {}): Promise<Environment> {
    const environment = await startEnvironment(aFunction(changes), nowhere, (line) => logged.push(line));
    started.push(environment);
    return environment;
  }

  const invoke = async (environment: Environment, event: object) =>
    JSON.parse(await environment.invoke({ event: JSON.stringify(event) }));
  const failure = async (environment: Environment, event: object) =>
    (await rejection(environment.invoke({ event: JSON.stringify(event) }))).message;
  const linesOf = (stream: string) => logged.filter((line) => line.stream === stream);

  it("answers with what the handler returns, and null for nothing", async () => {
    const environment = await start();
    expect(await invoke(environment, { do: "echo", value: { text: "ü\u2028" } })).to.deep.equal({
      text: "ü\u2028",
    });
    expect(await environment.invoke({ event: '{"do":"echo"}' })).to.equal("null");
  });

  it("keeps its process from one invocation to the next", async () => {
    const environment = await start();
    const first = await invoke(environment, { do: "count" });
    expect(await invoke(environment, { do: "count" })).to.deep.equal({ invocations: 2, pid: first.pid });
  });

  it("fails with what the handler throws, and lives on", async () => {
    const environment = await start();
    expect(JSON.parse(await failure(environment, { do: "throw", message: "boom" }))).to.include({
      errorType: "Error",
      errorMessage: "boom",
    });
    expect(environment.isAlive()).to.equal(true);
    expect(await invoke(environment, { do: "echo", value: 1 })).to.equal(1);
  });

  it("meets its fate in the middle of an invocation", async () => {
    const fates: Fate[] = [
      { kind: "frozen", afterMs: 0, forMs: 200 },
      { kind: "killed", afterMs: 50 },
    ];
    const environment = await startEnvironment(aFunction(), nowhere, (line) => logged.push(line), {
      fate: () => fates.shift(),
    });
    started.push(environment);
    const startedMs = performance.now();
    await invoke(environment, { do: "wait", milliseconds: 50 });
    expect(performance.now() - startedMs).to.be.at.least(190);
    expect(await failure(environment, { do: "hang" })).to.equal("Runtime exited with error: signal: killed");
  });

  for (const busy of ["hang", "spin"]) {
    it(`is killed at the function's time-out, while the handler ${busy}s`, async () => {
      const others = descendantsOf(process.pid);
      const environment = await start({ timeoutSeconds: 0.3 });
      const [pid = 0] = descendantsOf(process.pid).filter((each) => !others.includes(each));
      expect(await failure(environment, { do: busy })).to.equal("Task timed out after 0.30 seconds");
      expect(environment.isAlive()).to.equal(false);
      await until("the process is gone", () => !isRunning(pid));
    });
  }

  it("says how its process ended", async () => {
    expect(await failure(await start(), { do: "exit", code: 3 })).to.equal(
      "Runtime exited with error: exit status 3",
    );
    expect(await failure(await start(), { do: "exit", code: 0 })).to.equal(
      "Runtime exited without providing a reason",
    );
  });

  it("is killed above its memory, children included", async function () {
    if (process.platform !== "linux") return this.skip();
    const environment = await start({ memoryMiB: 150 });
    const { childPid } = await invoke(environment, { do: "child" });
    expect(await failure(environment, { do: "hoard", mebibytes: 200 })).to.equal(
      "Runtime exited with error: signal: killed",
    );
    await until("the child is gone", () => !isRunning(childPid));
  });

  it("is killed for the memory of its children", async function () {
    if (process.platform !== "linux") return this.skip();
    const environment = await start({ memoryMiB: 300 });
    const { childPid } = await invoke(environment, { do: "child", mebibytes: 300 });
    expect(await failure(environment, { do: "hang" })).to.equal("Runtime exited with error: signal: killed");
    await until("the child is gone", () => !isRunning(childPid));
  });

  it("fails to start when the module throws, is missing, or does not export the handler", async () => {
    const messages = ["broken.handler", "missing.handler", "index.other", "index.notAFunction"].map(
      async (handler) => JSON.parse((await rejection(start({ handler }))).message),
    );
    expect((await Promise.all(messages)).map(({ errorType }) => errorType)).to.deep.equal([
      "Error",
      "Runtime.ImportModuleError",
      "Runtime.HandlerNotFound",
      "Runtime.HandlerNotFound",
    ]);
  });

  it("fails to start when loading takes too long", async () => {
    const limits = { initMs: 300 };
    const started = startEnvironment(aFunction({ handler: "slow.handler" }), nowhere, () => {}, limits);
    expect((await rejection(started)).message).to.equal("Init phase timed out after 0.30 seconds");
  });

  it("fails to start when there is no folder of code", async () => {
    expect((await rejection(start({ codeDirectory: "/nowhere" }))).message).to.match(
      /^Runtime failed to start: /,
    );
  });

  it("gives the handler the context that Lambda documents", async () => {
    const environment = await start();
    const context = await invoke(environment, { do: "context" });
    expect(context).to.include({
      functionName: "sample",
      functionVersion: "$LATEST",
      invokedFunctionArn: aFunction().arn,
      memoryLimitInMB: "512",
      logGroupName: "/aws/lambda/sample",
    });
    expect(context.logStreamName).to.match(/^\[\$LATEST\][0-9a-f]{32}$/);
    expect(context.awsRequestId).to.equal(linesOf("platform")[0]?.requestId);
    expect(context.remainingMs).to.be.within(5000, 10_000);
  });

  it("gives the handler Lambda's environment and its own, and nothing of ours", async () => {
    process.env.DARKROOM_TEST_LEAK = "1";
    const environment = await start({ environment: { COLOUR: "red" } });
    delete process.env.DARKROOM_TEST_LEAK;
    const found = await invoke(environment, { do: "environment" });
    expect(found).to.include({
      COLOUR: "red",
      cwd: aFunction().codeDirectory,
      TZ: ":UTC",
      AWS_ENDPOINT_URL: nowhere.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SESSION_TOKEN: "token",
      _HANDLER: "index.handler",
    });
    expect(found).not.to.have.any.keys("DARKROOM_TEST_LEAK", "HOME");
  });

  it("logs whole lines under the invocation that wrote them, between START and REPORT", async () => {
    const environment = await start();
    await invoke(environment, { do: "print", text: 'one\n{"two":"\u2028"}\n' });
    await until("both lines are there", () => linesOf("stdout").length === 2);
    const { requestId } = linesOf("stdout")[0]!;
    expect(linesOf("stdout").map(({ line }) => line)).to.deep.equal(["one", '{"two":"\u2028"}']);
    expect(linesOf("stdout")[1]?.requestId).to.equal(requestId);
    const [first, last] = linesOf("platform").map(({ line }) => line);
    expect(first).to.equal(`START RequestId: ${requestId} Version: $LATEST`);
    expect(last).to.match(
      /^REPORT RequestId: .+ Duration: \d+ ms Memory Size: 512 MB Max Memory Used: \d+ MB$/,
    );
  });

  it("refuses an answer above 6 MB", async () => {
    const environment = await start();
    const message = await failure(environment, { do: "echo", value: "x".repeat(6_291_560) });
    expect(message).to.match(/^Response payload size exceeded/);
  });

  it("dies with the process that started it, by kill -9 too: idle, waiting, blocked, with a child", async () => {
    const script = fileURLToPath(new URL("../fixtures/parent.ts", import.meta.url));
    const parent = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface(parent.stdout), "line");
    const pids: number[] = JSON.parse(line as string);
    expect(pids).to.have.length(5);
    expect(pids.filter(isRunning)).to.deep.equal(pids);
    parent.kill("SIGKILL");
    await until("all its processes are gone", () => !pids.some(isRunning));
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
