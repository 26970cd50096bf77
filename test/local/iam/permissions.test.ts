// What a role may do to real buckets and queues: the policies reach every operation.
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { inProcess } from "../../../local/protocol/http.ts";
import { startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";

const ROLE = "arn:aws:iam::000000000000:role/worker";
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const text = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: "Allow",
  Action,
  Resource,
});

describe("permissions", () => {
  let cloud: TestCloud;
  let root: { s3: S3; sqs: SQS };
  let QueueUrl: string | undefined;

  before(async () => {
    cloud = await startTestCloud();
    root = clients(cloud.iam.rootCredentials);
    await root.s3.createBucket({ Bucket: "photos" });
    await root.s3.putObject({ Bucket: "photos", Key: "cat.jpg", Body: "meow" });
    QueueUrl = (await root.sqs.createQueue({ QueueName: "work" })).QueueUrl;
  });
  after(() => cloud.stop());

  function clients(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) {
    const { endpoint, region, handle } = cloud;
    const connection = { endpoint, region, credentials, requestHandler: inProcess(handle), maxAttempts: 1 };
    return { s3: new S3({ ...connection, forcePathStyle: true }), sqs: new SQS(connection) };
  }

  /** Clients of a session of the role, which has these statements. */
  function worker(...statements: object[]) {
    cloud.iam.putRole(ROLE, text(TRUST));
    cloud.iam.putRolePolicy(ROLE, "inline", text(...statements));
    return clients(cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "session"));
  }
  const codeOf = async (promise: Promise<unknown>) => (await rejection(promise)).name;

  it("let a role do what it may, and nothing else", async () => {
    const { s3 } = worker(allow("s3:GetObject", "arn:aws:s3:::photos/*"));
    await s3.getObject({ Bucket: "photos", Key: "cat.jpg", ExpectedBucketOwner: cloud.accountId });
    expect(await codeOf(s3.putObject({ Bucket: "photos", Key: "dog.jpg", Body: "woof" }))).to.equal(
      "AccessDenied",
    );
    expect(await codeOf(root.s3.headObject({ Bucket: "photos", Key: "dog.jpg" }))).to.equal("NotFound");
    expect(await codeOf(s3.deleteObject({ Bucket: "photos", Key: "cat.jpg" }))).to.equal("AccessDenied");
    await root.s3.headObject({ Bucket: "photos", Key: "cat.jpg" });
  });

  const operations: Record<string, (to: { s3: S3; sqs: SQS }) => Promise<unknown>> = {
    "s3:ListBucket": ({ s3 }) => s3.listObjectsV2({ Bucket: "photos" }),
    "s3:ListBucketVersions": ({ s3 }) => s3.listObjectVersions({ Bucket: "photos" }),
    "s3:ListBucketMultipartUploads": ({ s3 }) => s3.listMultipartUploads({ Bucket: "photos" }),
    "s3:ListAllMyBuckets": ({ s3 }) => s3.listBuckets(),
    "s3:CreateBucket": ({ s3 }) => s3.createBucket({ Bucket: "another" }),
    "s3:PutBucketPolicy": ({ s3 }) =>
      s3.putBucketPolicy({
        Bucket: "photos",
        Policy: text({ ...allow("s3:*", "*"), Principal: { AWS: "x" } }),
      }),
    "s3:DeleteBucketPolicy": ({ s3 }) => s3.deleteBucketPolicy({ Bucket: "photos" }),
    "s3:PutBucketNotification": ({ s3 }) =>
      s3.putBucketNotificationConfiguration({ Bucket: "photos", NotificationConfiguration: {} }),
    "s3:PutBucketVersioning": ({ s3 }) =>
      s3.putBucketVersioning({ Bucket: "photos", VersioningConfiguration: { Status: "Suspended" } }),
    "s3:PutEncryptionConfiguration": ({ s3 }) => s3.deleteBucketEncryption({ Bucket: "photos" }),
    "s3:PutLifecycleConfiguration": ({ s3 }) => s3.deleteBucketLifecycle({ Bucket: "photos" }),
    "s3:GetObjectTagging": ({ s3 }) => s3.getObjectTagging({ Bucket: "photos", Key: "cat.jpg" }),
    "s3:PutObjectTagging": ({ s3 }) =>
      s3.putObjectTagging({ Bucket: "photos", Key: "cat.jpg", Tagging: { TagSet: [] } }),
    "s3:PutObject": ({ s3 }) => s3.createMultipartUpload({ Bucket: "photos", Key: "parts" }),
    "s3:DeleteBucket": ({ s3 }) => s3.deleteBucket({ Bucket: "another" }),
    "sqs:CreateQueue": ({ sqs }) => sqs.createQueue({ QueueName: "another" }),
    "sqs:ListQueues": ({ sqs }) => sqs.listQueues(),
    "sqs:GetQueueUrl": ({ sqs }) => sqs.getQueueUrl({ QueueName: "work" }),
    "sqs:GetQueueAttributes": ({ sqs }) => sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["All"] }),
    "sqs:SetQueueAttributes": ({ sqs }) =>
      sqs.setQueueAttributes({ QueueUrl, Attributes: { DelaySeconds: "0" } }),
    "sqs:SendMessage": ({ sqs }) => sqs.sendMessage({ QueueUrl, MessageBody: "x" }),
    "sqs:ReceiveMessage": ({ sqs }) => sqs.receiveMessage({ QueueUrl }),
    "sqs:PurgeQueue": ({ sqs }) => sqs.purgeQueue({ QueueUrl }),
    "sqs:TagQueue": ({ sqs }) => sqs.tagQueue({ QueueUrl, Tags: { a: "1" } }),
  };
  for (const [action, operate] of Object.entries(operations)) {
    it(`need ${action} for what it is called after`, async () => {
      expect(await codeOf(operate(worker(allow("sts:*", "*"))))).to.match(/^AccessDenied/);
      await operate(worker(allow(action, "*")));
    });
  }

  it("need s3:PutObjectTagging to upload with tags", async () => {
    const put = (to: { s3: S3 }) =>
      to.s3.putObject({ Bucket: "photos", Key: "tagged", Body: "x", Tagging: "a=1" });
    expect(await codeOf(put(worker(allow("s3:PutObject", "*"))))).to.equal("AccessDenied");
    await put(worker(allow(["s3:PutObject", "s3:PutObjectTagging"], "*")));
  });

  it("need s3:GetObject on the source to copy", async () => {
    const copy = (to: { s3: S3 }) =>
      to.s3.copyObject({ Bucket: "photos", Key: "copy", CopySource: "photos/cat.jpg" });
    expect(await codeOf(copy(worker(allow("s3:PutObject", "*"))))).to.equal("AccessDenied");
    await copy(worker(allow(["s3:PutObject", "s3:GetObject"], "*")));
  });

  it("are asked for each key of a batch deletion", async () => {
    const { s3 } = worker(allow("s3:DeleteObject", "arn:aws:s3:::photos/mine/*"));
    const Objects = [{ Key: "mine/a" }, { Key: "cat.jpg" }];
    const { Deleted, Errors } = await s3.deleteObjects({ Bucket: "photos", Delete: { Objects } });
    expect(Deleted?.map(({ Key }) => Key)).to.deep.equal(["mine/a"]);
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([["cat.jpg", "AccessDenied"]]);
  });

  it("say 403 of a missing key to a role that may not list, 404 to one that may", async () => {
    const get = (to: { s3: S3 }) => rejection(to.s3.getObject({ Bucket: "photos", Key: "missing" }));
    expect((await get(worker(allow("s3:GetObject", "*")))).name).to.equal("AccessDenied");
    expect((await get(worker(allow(["s3:GetObject", "s3:ListBucket"], "*")))).name).to.equal("NoSuchKey");
  });

  it("say 404 of a missing key below the prefix that may be listed, 403 of others", async () => {
    const Condition = { StringLike: { "s3:prefix": "mine/*" } };
    const list = { ...allow("s3:ListBucket", "arn:aws:s3:::photos"), Condition };
    const { s3 } = worker(allow("s3:GetObject", "*"), list);
    expect(await codeOf(s3.getObject({ Bucket: "photos", Key: "mine/a" }))).to.equal("NoSuchKey");
    expect(await codeOf(s3.getObject({ Bucket: "photos", Key: "yours" }))).to.equal("AccessDenied");
  });

  it("limit a listing to a prefix", async () => {
    const Condition = { StringLike: { "s3:prefix": "mine/*" } };
    const { s3 } = worker({ ...allow("s3:ListBucket", "arn:aws:s3:::photos"), Condition });
    await s3.listObjectsV2({ Bucket: "photos", Prefix: "mine/a" });
    expect(await codeOf(s3.listObjectsV2({ Bucket: "photos", Prefix: "yours/" }))).to.equal("AccessDenied");
    expect(await codeOf(s3.listObjectsV2({ Bucket: "photos" }))).to.equal("AccessDenied");
  });

  it("are denied by a bucket's policy even to root, who can still mend it", async () => {
    const Policy = text({
      ...allow("s3:*", ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]),
      Effect: "Deny",
      Principal: "*",
    });
    await root.s3.putBucketPolicy({ Bucket: "photos", Policy });
    expect(await codeOf(root.s3.getObject({ Bucket: "photos", Key: "cat.jpg" }))).to.equal("AccessDenied");
    await root.s3.getBucketPolicy({ Bucket: "photos" });
    await root.s3.deleteBucketPolicy({ Bucket: "photos" });
    await root.s3.getObject({ Bucket: "photos", Key: "cat.jpg" });
  });

  it("are given by a queue's policy", async () => {
    const { sqs } = worker(allow("sts:*", "*"));
    const Policy = text({ ...allow("sqs:SendMessage", "*"), Principal: { AWS: ROLE } });
    await root.sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy } });
    await sqs.sendMessage({ QueueUrl, MessageBody: "allowed" });
    expect(await codeOf(sqs.receiveMessage({ QueueUrl }))).to.match(/^AccessDenied/);
  });

  it("belong to a session with its token, and to nobody without it", async () => {
    worker(allow("s3:*", "*"));
    const { sessionToken: _, ...stolen } = cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "session");
    expect(await codeOf(clients(stolen).s3.listBuckets())).to.equal("InvalidToken");
  });
});
