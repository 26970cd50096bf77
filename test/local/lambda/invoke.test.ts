// Invoke with the unmodified SDK. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { InvokeCommand, type InvokeCommandInput, type LambdaClient } from "@aws-sdk/client-lambda";
import type { HttpRequest } from "@smithy/core/transport";
import { expect } from "chai";
import { continueTrace } from "../../../local/lambda/lineage.ts";
import { lambdaClient } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import { until } from "../../support/until.ts";
import { aFunction } from "./a-function.ts";
import { type Scene, setScene } from "./a-mapping.ts";

describe("Invoke", () => {
  let scene: Scene;
  let lambda: LambdaClient;

  before(async () => {
    scene = await setScene({
      maximumEnvironments: 1,
      function: { version: "1", reservedConcurrency: 1, timeoutSeconds: 1 },
    });
    scene.lambda.putAlias(`${aFunction().arn}:live`, aFunction().arn);
    lambda = lambdaClient(scene.cloud);
  });
  after(() => scene.stop());

  const invoke = async (event: object | undefined, more: Partial<InvokeCommandInput> = {}) => {
    const payload = event && { Payload: JSON.stringify(event) };
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "sample", ...payload, ...more }));
    const text = answer.Payload?.transformToString() ?? "";
    return { ...answer, Payload: text === "" ? undefined : JSON.parse(text) };
  };
  const refusal = async (event: object | undefined, more: Partial<InvokeCommandInput> = {}) =>
    (await rejection(invoke(event, more))) as Error & { $metadata: { httpStatusCode: number } };

  it("answers with what the function returns, and says which version that was", async () => {
    const answer = await invoke({ do: "echo", value: { text: "ü" } });
    expect(answer).to.deep.include({ StatusCode: 200, ExecutedVersion: "$LATEST", Payload: { text: "ü" } });
    expect(answer).not.to.have.any.keys("FunctionError", "LogResult");
    expect((await invoke({ do: "echo" })).Payload).to.equal(null);
  });

  it("calls by name or arn, with a version or an alias in it or beside it, and tells the function", async () => {
    const { arn } = aFunction();
    const calls: [more: Partial<InvokeCommandInput>, invokedArn: string, version: string][] = [
      [{ FunctionName: arn }, arn, "$LATEST"],
      [{ Qualifier: "$LATEST" }, `${arn}:$LATEST`, "$LATEST"],
      [{ Qualifier: "1" }, `${arn}:1`, "1"],
      [{ Qualifier: "live" }, `${arn}:live`, "1"],
      [{ FunctionName: `${arn}:live` }, `${arn}:live`, "1"],
      [{ FunctionName: "sample:live" }, `${arn}:live`, "1"],
    ];
    for (const [more, invokedFunctionArn, version] of calls) {
      const { Payload, ExecutedVersion } = await invoke({ do: "context" }, more);
      expect([Payload.invokedFunctionArn, ExecutedVersion]).to.deep.equal([invokedFunctionArn, version]);
    }
  });

  it("hands the client's context on", async () => {
    const ClientContext = Buffer.from('{"custom":{"colour":"blue"}}').toString("base64");
    const { Payload } = await invoke({ do: "context" }, { ClientContext });
    expect(Payload.clientContext).to.deep.equal({ custom: { colour: "blue" } });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
  it("answers 200 to what the function failed with, and says that it did", async () => {
    const thrown = await invoke({ do: "throw", message: "boom" });
    expect(thrown).to.include({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(thrown.Payload).to.include({ errorType: "Error", errorMessage: "boom" });

    const exited = await invoke({ do: "exit", code: 3 });
    expect(exited.FunctionError).to.equal("Unhandled");
    expect(exited.Payload.errorType).to.equal("Runtime.ExitError");
    expect(exited.Payload.errorMessage).to.match(
      /^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 3$/,
    );

    const late = await invoke({ do: "hang" });
    expect(late.Payload.errorType).to.equal("Sandbox.Timedout");
    expect(late.Payload.errorMessage).to.match(
      /^RequestId: [-0-9a-f]{36} Error: Task timed out after 1.00 seconds$/,
    );
  });

  it("answers with the last 4 KB of the log when the tail is asked for", async () => {
    const text = `${"x".repeat(5000)}\nthe last line\n`;
    const { LogResult = "" } = await invoke({ do: "print", text }, { LogType: "Tail" });
    const tail = Buffer.from(LogResult, "base64").toString();
    expect(tail).to.have.length(4096);
    expect(tail).to.match(/x\nthe last line\nREPORT RequestId: .*\n$/);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  it("takes 6 MB and no more", async () => {
    const bytes = 6 * 1024 * 1024;
    const frame = JSON.stringify({ do: "echo", other: "" }).length;
    const other = "x".repeat(bytes - frame);
    expect((await invoke({ do: "echo", other })).StatusCode).to.equal(200);
    const refused = await refusal({ do: "echo", other: `${other}x` });
    expect([refused.name, refused.$metadata.httpStatusCode]).to.deep.equal([
      ...["RequestEntityTooLargeException", 413],
    ]);
  });

  it("is refused for what is no JSON, and takes nothing for an empty object", async () => {
    expect((await invoke(undefined)).Payload.errorMessage).to.match(/is not a function/); // actions[undefined]
    const refused = await refusal(undefined, { Payload: "{not json" });
    expect([refused.name, refused.$metadata.httpStatusCode]).to.deep.equal([
      ...["InvalidRequestContentException", 400],
    ]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
  it("is refused at once over the reserved concurrency", async () => {
    const gate = scene.gate();
    const first = invoke(gate.work);
    await until("it is under way", () => scene.logged.at(-1)?.line.startsWith("START") === true);
    const refused = (await refusal({ do: "echo" })) as Error & { Reason?: string; $metadata: object };
    expect(refused).to.include({
      ...{ name: "TooManyRequestsException", message: "Rate Exceeded." },
      ...{ Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" },
    });
    expect(refused.$metadata).to.include({ httpStatusCode: 429 });
    gate.open();
    expect((await first).StatusCode).to.equal(200);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
  it("is refused at the end of a chain that has been here 16 times", async () => {
    const traced = async (times: number) => {
      const trace = Array.from({ length: times }).reduce<string[]>(
        (all) => [continueTrace(all, aFunction().arn)],
        [],
      );
      const command = new InvokeCommand({ FunctionName: "sample", Payload: '{"do":"environment"}' });
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as HttpRequest).headers["X-Amzn-Trace-Id"] = trace.join("");
          return next(args);
        },
        { step: "build" },
      );
      const { Payload } = await lambda.send(command);
      return [trace.join(""), JSON.parse(Payload?.transformToString() ?? "")._X_AMZN_TRACE_ID];
    };
    const [sent = "", found] = await traced(15);
    expect(found).to.equal(sent.replace(/:15$/, ":16"));
    expect((await rejection(traced(16))).name).to.equal("RecursiveInvocationException");
  });

  it("needs permission for what it names, and checks only that in a dry run", async () => {
    const { arn, roleArn } = aFunction();
    const Statement = [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: `${arn}:live` }];
    scene.cloud.iam.putRolePolicy(roleArn, "invoking", JSON.stringify({ Version: "2012-10-17", Statement }));
    const role = lambdaClient(
      scene.cloud,
      scene.cloud.iam.assumeRole(roleArn, "lambda.amazonaws.com", "sample"),
    );
    const dry = (Qualifier?: string) =>
      role.send(
        new InvokeCommand({
          FunctionName: "sample",
          InvocationType: "DryRun",
          ...(Qualifier && { Qualifier }),
        }),
      );
    const before = scene.logged.length;
    expect((await dry("live")).StatusCode).to.equal(204);
    expect((await rejection(dry())).name).to.equal("AccessDeniedException");
    expect(scene.logged).to.have.length(before);
  });

  it("is refused for what is not there, and not served for what nobody waits for", async () => {
    expect((await refusal({}, { FunctionName: "other" })).name).to.equal("ResourceNotFoundException");
    expect((await refusal({}, { Qualifier: "none" })).message).to.equal(
      `Function not found: ${aFunction().arn}:none`,
    );
    expect((await refusal({}, { InvocationType: "Event" })).name).to.equal("NotImplemented");
  });
});
