// Invoke with the unmodified SDK, of what a program declares; the rest is in test/contract/lambda. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { InvokeCommand, type InvokeCommandInput, type LambdaClient } from "@aws-sdk/client-lambda";
import type { HttpRequest } from "@smithy/core/transport";
import { expect } from "chai";
import { continueTrace } from "../../../../local/lambda/environments/lineage.ts";
import { lambdaClient } from "../../../support/local-cloud.ts";
import { rejection } from "../../../support/rejection.ts";
import { aFunction } from "../a-function.ts";
import { type Scene, setScene } from "../a-mapping.ts";

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
});
