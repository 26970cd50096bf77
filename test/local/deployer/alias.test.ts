import { expect } from "chai";
import { lambdaTypes } from "../../../local/deployer/lambda.ts";
import type { Target } from "../../../local/deployer/resource-type.ts";
import { createLambda, type Lambda } from "../../../local/lambda/lambda.ts";
import { startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import { FIXTURES } from "./a-deployment.ts";

const TRUST = JSON.stringify({
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("An alias, deployed to the local cloud", () => {
  let cloud: TestCloud;
  let lambda: Lambda;
  let aliased: [arn: string, functionArn: string][];

  before(async () => {
    cloud = await startTestCloud();
    lambda = createLambda(cloud, { maximumEnvironments: 1, closeGraceMs: 500, log: () => {} });
    const { putAlias } = lambda;
    lambda.putAlias = (...names) => {
      putAlias(...names);
      aliased.push(names);
    };
  });

  beforeEach(() => {
    aliased = [];
  });

  after(async () => {
    await lambda.close();
    await cloud.stop();
  });

  const make = async (type: string, inputs: object) => {
    const { region, accountId } = cloud;
    const target = { lambda, region, accountId, projectDirectory: FIXTURES } as Target;
    const declared = { type, name: "it", urn: `urn:${type}`, inputs };
    return await lambdaTypes[`aws:lambda/${type}`]?.(declared as never, target);
  };

  it("is another arn of the function's published version", async () => {
    const role = `arn:aws:iam::${cloud.accountId}:role/worker`;
    cloud.iam.putRole(role, TRUST);
    const inputs = { name: "worker", role, code: { path: "artifact" }, handler: "index.handler" };
    expect((await make("function:Function", inputs))?.outputs.version).to.equal("$LATEST");
    const published = await make("function:Function", { ...inputs, publish: true });
    const { version, arn } = published?.outputs ?? {};
    expect(version).to.equal("1");

    const alias = { name: "live", functionName: "worker", functionVersion: version };
    expect((await make("alias:Alias", alias))?.outputs.arn).to.equal(`${arn}:live`);
    expect(aliased).to.deep.equal([[`${arn}:live`, arn]]);
  });

  it("is refused for a version that is not kept here, for two at once, and for a function that is not there", async () => {
    const alias = { name: "live", functionName: "worker", functionVersion: "1" };
    const other = await rejection(make("alias:Alias", { ...alias, functionVersion: "7" }));
    expect(other.message).to.include("version deployed last").and.include("received 7");
    const routingConfig = { additionalVersionWeights: { 1: 0.5 } };
    expect((await rejection(make("alias:Alias", { ...alias, routingConfig }))).message).to.include(
      "no other",
    );
    const nobody = await rejection(make("alias:Alias", { ...alias, functionName: "nobody" }));
    expect(nobody.message).to.include("Function not found");
    expect(aliased).to.deep.equal([]);
  });
});
