// Invocations that somebody waits for. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { InvokeCommandInput } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName } from "../target.ts";
import { LIMIT_MS, type Order, useFunction } from "./a-function.ts";
import { useFunctionTarget } from "./a-function-role.ts";

const target = useFunctionTarget();

describe("contract: Invoke", function () {
  this.timeout(2 * LIMIT_MS);
  const called = useFunction(target);
  const hasty = useFunction(target, () => ({ Timeout: 1 }));
  const invoke = async (event: Order | object | undefined, more: Partial<InvokeCommandInput> = {}) => {
    const payload = event && { Payload: JSON.stringify(event) };
    const answer = await target.lambda.invoke({ FunctionName: called.name, ...payload, ...more });
    const text = answer.Payload?.transformToString() ?? "";
    return { ...answer, Payload: text === "" ? undefined : JSON.parse(text) };
  };

  it("answers with what the function returns, and says which version that was", async () => {
    const answer = await invoke({ do: "answer", answer: { text: "ü" } });
    expect(answer).to.deep.include({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload: { text: "ü" } });
    expect(answer).not.to.have.any.keys("FunctionError", "LogResult");
    expect((await invoke({ do: "answer" })).Payload).to.equal(null);
  });

  // nodejs-context, configuration-envvars
  it("tells the function by which arn it was called, how long it has, and what the client adds", async () => {
    const ClientContext = Buffer.from('{"custom":{"colour":"blue"}}').toString("base64");
    for (const [more, arn] of [
      [{ FunctionName: called.arn, ClientContext }, called.arn],
      [{ Qualifier: "$LATEST", ClientContext }, `${called.arn}:$LATEST`],
    ] as const) {
      const { Payload } = await invoke({ do: "describe" }, more);
      expect(Payload).to.deep.include({
        ...{ functionName: called.name, functionVersion: "$LATEST", invokedFunctionArn: arn },
        ...{ memoryLimitInMB: "1024", clientContext: { custom: { colour: "blue" } } },
      });
      expect(Payload.remainingMs).to.be.within(1, 20_000);
      expect(Payload.environment).to.include({
        ...{ AWS_REGION: target.region, AWS_LAMBDA_FUNCTION_NAME: called.name, _HANDLER: "index.handler" },
      });
    }
  });

  // nodejs-exceptions
  it("answers 200 to what the function failed with, and says that it did", async () => {
    const thrown = await invoke({ do: "throw", message: "boom" });
    expect(thrown).to.include({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(thrown.Payload).to.include({ errorType: "Error", errorMessage: "boom" });

    const exited = await invoke({ do: "exit", code: 3 });
    expect(exited.FunctionError).to.equal("Unhandled");
    expect(exited.Payload.errorType).to.equal("Runtime.ExitError");
    expect(exited.Payload.errorMessage).to.match(/^RequestId: [-0-9a-f]{36} Error: Runtime exited with/);

    const late = await invoke({ do: "hang" }, { FunctionName: hasty.name });
    expect(late.FunctionError).to.equal("Unhandled");
    expect(late.Payload.errorMessage).to.match(/Task timed out after 1\.00 seconds$/);
  });

  it("answers with the last 4 KB of the log when the tail is asked for", async () => {
    const text = `${"x".repeat(5000)}\nthe last line\n`;
    const { LogResult = "" } = await invoke({ do: "print", text }, { LogType: "Tail" });
    const tail = Buffer.from(LogResult, "base64").toString();
    expect(Buffer.byteLength(tail)).to.be.at.most(4096);
    expect(tail).to.match(/the last line\n[\s\S]*REPORT RequestId: /);
  });

  // gettingstarted-limits
  it("takes 6 MB and no more, and no JSON that is none", async () => {
    const frame = JSON.stringify({ do: "succeed", other: "" }).length;
    const other = "x".repeat(6 * 1024 * 1024 - frame);
    expect((await invoke({ do: "succeed", other })).StatusCode).to.equal(200);
    expect(await refused(invoke({ do: "succeed", other: `${other}x` }))).to.include({
      ...{ code: "RequestEntityTooLargeException", status: 413 },
    });
    expect(await refused(invoke(undefined, { Payload: "{not json" }))).to.include({
      ...{ code: "InvalidRequestContentException", status: 400 },
    });
  });

  it("runs nothing in a dry run", async () => {
    expect(await invoke({ do: "answer", answer: 1 }, { InvocationType: "DryRun" })).to.include({
      ...{ StatusCode: 204, Payload: undefined },
    });
  });

  it("is refused for what is not there", async () => {
    const others = [{ FunctionName: newName() }, { Qualifier: "none" }];
    for (const other of await Promise.all(others.map((more) => refused(invoke({}, more)))))
      expect(other).to.include({ code: "ResourceNotFoundException", status: 404 });
  });
});
