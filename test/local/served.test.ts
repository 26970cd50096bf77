// docs/local-mode.md says which operations are served: it must say what the code does.
import { readFileSync } from "node:fs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type CloudwatchContext, cloudwatchHandlers } from "../../local/cloudwatch/cloudwatch.ts";
import { dynamodbHandlers } from "../../local/dynamodb/dynamodb.ts";
import type { Engine } from "../../local/dynamodb/engine.ts";
import { iamHandlers } from "../../local/iam/api.ts";
import type { IamContext } from "../../local/iam/context.ts";
import type { Iam } from "../../local/iam/iam.ts";
import { stsHandlers } from "../../local/iam/sts.ts";
import { lambdaHandlers } from "../../local/lambda/api/api.ts";
import type { LambdaApiContext } from "../../local/lambda/api/api-context.ts";
import { readModel } from "../../local/protocol/model.ts";
import type { S3Context } from "../../local/s3/context.ts";
import { s3Handlers } from "../../local/s3/s3.ts";
import type { SnsContext } from "../../local/sns/context.ts";
import { snsHandlers } from "../../local/sns/sns.ts";
import type { SqsContext } from "../../local/sqs/context.ts";
import { sqsHandlers } from "../../local/sqs/sqs.ts";
import type { Database } from "../../local/storage/database.ts";

const page = readFileSync(new URL("../../docs/local-mode.md", import.meta.url), "utf8");

/** What stands in backquotes under a heading. */
function named(heading: string): string[] {
  const [, section = ""] = page.split(`### ${heading}\n`);
  const [text = ""] = section.split("\n#");
  return [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
}

describe("docs/local-mode.md", () => {
  const served = {
    S3: Object.keys(s3Handlers({} as S3Context)),
    Lambda: Object.keys(lambdaHandlers({} as LambdaApiContext)),
    SQS: Object.keys(sqsHandlers({} as SqsContext)),
    SNS: Object.keys(snsHandlers({} as SnsContext)),
    CloudWatch: Object.keys(cloudwatchHandlers({} as CloudwatchContext)),
    IAM: Object.keys(iamHandlers({ iam: {} as Iam } as IamContext)),
    STS: Object.keys(stsHandlers({} as IamContext)),
    DynamoDB: Object.keys(dynamodbHandlers({} as Engine, {} as Database)),
  };
  for (const [service, handlers] of Object.entries(served)) {
    it(`lists every operation of ${service} that is served, and no other`, () => {
      expect(named(service)).to.deep.equal([...handlers].sort());
    });
  }

  it("says that all of SQS is served, which is so", () => {
    expect(page).to.include("Every operation of SQS's API is served.");
    expect(served.SQS).to.have.members([...readModel(sqs).operations.keys()]);
  });

  it("names those of SNS that are not, so that nobody has to find out", () => {
    const missing = [...readModel(sns).operations.keys()].filter((name) => !served.SNS.includes(name));
    expect(named("Not served of SNS")).to.deep.equal(missing.sort());
  });

  it("serves of DynamoDB what there is in its model", () => {
    const known = [...readModel(dynamodb).operations.keys()];
    expect(served.DynamoDB.filter((name) => !known.includes(name))).to.deep.equal([]);
  });
});
