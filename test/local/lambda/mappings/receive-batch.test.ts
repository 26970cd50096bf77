// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html has what a poll is; that it can be cut short is of this machine alone.
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { receiveBatch } from "../../../../local/lambda/mappings/receive-batch.ts";
import { sqsClient, startTestCloud, type TestCloud } from "../../../support/local-cloud.ts";
import { rejection } from "../../../support/rejection.ts";
import { aFunction } from "../a-function.ts";
import { trust } from "../a-mapping.ts";

describe("receiveBatch", () => {
  let cloud: TestCloud;

  beforeEach(async () => {
    cloud = await startTestCloud();
  });
  afterEach(() => cloud.stop());

  it("finds nothing when it is cut short, also when it is denied: the next one says so", async () => {
    const { QueueUrl: queueUrl = "" } = await sqsClient(cloud).send(
      new CreateQueueCommand({ QueueName: "work" }),
    );
    const { roleArn } = aFunction();
    cloud.iam.putRole(roleArn, trust("lambda.amazonaws.com"));
    const denied = sqsClient(cloud, cloud.iam.assumeRole(roleArn, "lambda.amazonaws.com", "sample"));
    const receive = async (sqs: typeof denied, isCut: boolean) => {
      const [impatience, closing] = [new AbortController(), new AbortController()];
      const batch = receiveBatch({
        ...{ sqs, queueUrl, batchSize: 10, batchWindowSeconds: 0, patienceSeconds: 20 },
        ...{ impatience: impatience.signal, closing: closing.signal },
      });
      if (isCut) impatience.abort();
      return await batch;
    };
    expect(await receive(sqsClient(cloud), true)).to.deep.equal([]);
    expect(await receive(denied, true)).to.deep.equal([]);
    expect((await rejection(receive(denied, false))).message).to.include("not authorized");
  });
});
