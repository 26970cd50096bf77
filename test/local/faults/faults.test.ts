import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import * as v from "valibot";
import { createFaults, type Faults } from "../../../local/faults/faults.ts";
import { FaultPlanSchema } from "../../../local/faults/plan.ts";
import type { Credentials } from "../../../local/iam/iam.ts";
import { s3Client, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";

/** Nothing goes wrong but what is asked for. */
const CALM = {
  seed: 1,
  unavailable: 0,
  throttled: 0,
  lostAnswer: 0,
  cutDownload: 0,
  latencyMs: 0,
  duplicate: 0,
  late: 0,
  killed: 0,
  frozen: 0,
};

const faultsOf = (plan: object): Faults => createFaults(v.parse(FaultPlanSchema, { ...CALM, ...plan }));

describe("faults", () => {
  const draw = (seed: number) => {
    const faults = createFaults(v.parse(FaultPlanSchema, { seed }));
    return Array.from({ length: 200 }, () => [faults.announcements(), faults.fate()]);
  };

  it("are the same for the same seed, and others for another", () => {
    expect(draw(7)).to.deep.equal(draw(7));
    expect(draw(7)).to.not.deep.equal(draw(8));
  });

  it("announce an event twice, and late, and count it", () => {
    const faults = faultsOf({ duplicate: 1, late: 1, lateSeconds: 3 });
    const announcements = faults.announcements();
    expect(announcements).to.have.length(2);
    for (const { delayMs } of announcements) expect(delayMs).to.be.within(0, 3000);
    expect(faults.counts).to.include({ duplicate: 1, late: 2 });
    expect(faultsOf({}).announcements()).to.deep.equal([{}]);
  });

  it("kill or freeze an invocation, somewhere in its beginning", () => {
    expect(faultsOf({ killed: 1, withinMs: 0 }).fate()).to.deep.equal({ kind: "killed", afterMs: 0 });
    expect(faultsOf({ frozen: 1, frozenMs: 100 }).fate()).to.have.property("kind", "frozen");
    expect(faultsOf({}).fate()).to.equal(undefined);
  });
});

describe("a cloud with faults", () => {
  let cloud: TestCloud;
  let s3: S3Client;
  let connection: { endpoint: string; region: string; credentials: Credentials; maxAttempts: number };

  afterEach(async () => {
    s3?.destroy();
    await cloud?.stop();
  });

  const photo = { Bucket: "photos", Key: "cat.jpg" };
  const body = "x".repeat(100_000);

  /** Its client is a function's: whoever has assumed no role meets no faults. */
  async function start(plan: object): Promise<void> {
    cloud = await startTestCloud({ faults: faultsOf(plan) });
    const { endpoint, region } = cloud;
    connection = { endpoint, region, credentials: functionCredentials(cloud), maxAttempts: 1 };
    s3 = new S3Client({ ...connection, forcePathStyle: true });
    await s3Client(cloud).send(new CreateBucketCommand({ Bucket: "photos" }));
  }

  const isStored = async () => {
    const { Body } = await s3Client(cloud).send(new GetObjectCommand(photo));
    return (await Body?.transformToString()) === body;
  };

  it("refuses without having done anything", async () => {
    await start({ unavailable: 1 });
    const error = await rejection(s3.send(new PutObjectCommand({ ...photo, Body: body })));
    expect(error).to.have.property("name", "ServiceUnavailable");
    expect((await rejection(isStored())).name).to.equal("NoSuchKey");
  });

  it("asks to slow down, in the words of each service", async () => {
    await start({ throttled: 1 });
    const sqs = new SQSClient(connection);
    expect((await rejection(s3.send(new GetObjectCommand(photo)))).name).to.equal("SlowDown");
    const create = new CreateQueueCommand({ QueueName: "work" });
    expect((await rejection(sqs.send(create))).name).to.equal("RequestThrottled");
    sqs.destroy();
  });

  it("does what it is asked to, and loses the answer", async () => {
    await start({ lostAnswer: 1 });
    const error = await rejection(s3.send(new PutObjectCommand({ ...photo, Body: body })));
    expect(error).to.have.property("code", "ECONNRESET");
    expect(await isStored()).to.equal(true);
  });

  it("has none for people", async () => {
    await start({ lostAnswer: 1 });
    const { iam } = cloud;
    const own = new S3Client({ ...connection, credentials: iam.rootCredentials, forcePathStyle: true });
    await own.send(new PutObjectCommand({ ...photo, Body: body }));
    own.destroy();
  });

  it("cuts a download", async () => {
    await start({ cutDownload: 1 });
    await s3Client(cloud).send(new PutObjectCommand({ ...photo, Body: body }));
    const { Body } = await s3.send(new GetObjectCommand(photo));
    expect((await rejection(Body!.transformToString())).message).to.equal("aborted");
  });
});

/** Of a role that may do everything. */
function functionCredentials({ iam }: TestCloud): Credentials {
  const role = "arn:aws:iam::000000000000:role/sample";
  const policy = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
  const lambda = { Service: "lambda.amazonaws.com" };
  iam.putRole(role, policy({ Effect: "Allow", Principal: lambda, Action: "sts:AssumeRole" }));
  iam.putRolePolicy(role, "all", policy({ Effect: "Allow", Action: "*", Resource: "*" }));
  return iam.assumeRole(role, "lambda.amazonaws.com", "session");
}
