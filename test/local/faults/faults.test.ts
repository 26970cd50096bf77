import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import * as v from "valibot";
import { createFaults, type Faults } from "../../../local/faults/faults.ts";
import { FaultPlanSchema } from "../../../local/faults/plan.ts";
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

  afterEach(async () => {
    s3?.destroy();
    await cloud?.stop();
  });

  const photo = { Bucket: "photos", Key: "cat.jpg" };
  const body = "x".repeat(100_000);

  /** Its clients come over the network: what is in this process, as the deployer is, meets no faults. */
  async function start(plan: object): Promise<void> {
    cloud = await startTestCloud({ faults: faultsOf(plan) });
    const { endpoint, region, iam } = cloud;
    s3 = new S3Client({
      endpoint,
      region,
      credentials: iam.rootCredentials,
      forcePathStyle: true,
      maxAttempts: 1,
    });
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
    const { endpoint, region, iam } = cloud;
    const sqs = new SQSClient({ endpoint, region, credentials: iam.rootCredentials, maxAttempts: 1 });
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

  it("cuts a download", async () => {
    await start({ cutDownload: 1 });
    await s3Client(cloud).send(new PutObjectCommand({ ...photo, Body: body }));
    const { Body } = await s3.send(new GetObjectCommand(photo));
    expect((await rejection(Body!.transformToString())).message).to.equal("aborted");
  });
});
