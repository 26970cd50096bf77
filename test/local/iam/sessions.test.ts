// Sessions that were opened over the wire: hours that pass, and roles that go.
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";
import { expect } from "chai";
import type { Credentials } from "../../../local/iam/iam.ts";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";

const RoleArn = "arn:aws:iam::000000000000:role/worker";
const document = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement });
const AssumeRolePolicyDocument = document({
  Effect: "Allow",
  Principal: { AWS: "000000000000" },
  Action: "sts:AssumeRole",
});

describe("sessions", () => {
  let cloud: TestCloud;
  let nowMs: number;
  let iam: IAM;
  beforeEach(async () => {
    nowMs = Date.now();
    cloud = await startTestCloud({ now: () => nowMs });
    iam = new IAM(connection(cloud));
    await makeRole();
  });
  afterEach(() => cloud.stop());

  async function makeRole(): Promise<void> {
    const RoleName = "worker";
    await iam.createRole({ RoleName, AssumeRolePolicyDocument });
    const PolicyDocument = document({ Effect: "Allow", Action: "*", Resource: "*" });
    await iam.putRolePolicy({ RoleName, PolicyName: "all", PolicyDocument });
  }

  async function open(DurationSeconds: number) {
    const sts = new STS(timely(cloud.iam.rootCredentials));
    const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: "session", DurationSeconds });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  }

  type Config = ReturnType<typeof connection>;
  const services: [operate: (config: Config) => Promise<unknown>, code: string, status: number][] = [
    [(config) => new STS(config).getCallerIdentity(), "ExpiredToken", 403],
    [(config) => new IAM(config).listRoles(), "ExpiredToken", 403],
    [(config) => new SQS(config).listQueues(), "ExpiredToken", 403],
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    [(config) => new S3({ ...config, forcePathStyle: true }).listBuckets(), "ExpiredToken", 400],
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
    [(config) => new DynamoDB(config).listTables(), "ExpiredTokenException", 400],
  ];

  /** For a client whose clock is the cloud's. */
  const timely = (credentials: Credentials): Config => ({
    ...connection(cloud),
    credentials,
    ...{ systemClockOffset: nowMs - Date.now() },
  });

  it("last as long as they were asked for, and are told that they expired", async () => {
    const credentials = await open(900);
    const endMs = Math.floor(nowMs / 1000 + 900) * 1000;
    for (const [operate, code, status] of services) {
      nowMs = endMs - 1;
      await operate(timely(credentials));
      nowMs = endMs;
      const error = (await rejection(operate(timely(credentials)))) as Error & {
        $metadata?: { httpStatusCode?: number };
      };
      expect([error.name, error.$metadata?.httpStatusCode]).to.deep.equal([code, status]);
    }
  });

  it("are forgotten a day after they expired, so that they do not pile up", async () => {
    const credentials = await open(900);
    const codeAfter = async (seconds: number) => {
      nowMs += seconds * 1000;
      await open(900);
      return (await rejection(new STS(timely(credentials)).getCallerIdentity())).name;
    };
    expect(await codeAfter(24 * 3600)).to.equal("ExpiredToken");
    expect(await codeAfter(3600)).to.equal("InvalidClientTokenId");
  });

  it("end with their role, and not to be those of another of its name", async () => {
    const sts = new STS({ ...connection(cloud), credentials: await open(3600) });
    await sts.getCallerIdentity();
    await iam.deleteRolePolicy({ RoleName: "worker", PolicyName: "all" });
    await iam.deleteRole({ RoleName: "worker" });
    expect((await rejection(sts.getCallerIdentity())).name).to.equal("InvalidClientTokenId");
    await makeRole();
    expect((await rejection(sts.getCallerIdentity())).name).to.equal("InvalidClientTokenId");
  });

  it("of a program's role outlive a restart, once the program has put it again", async () => {
    cloud.iam.putRole(RoleArn, AssumeRolePolicyDocument);
    const credentials = await open(3600);
    await cloud.stop({ keepsData: true });
    cloud = await startTestCloud({ dataDirectory: cloud.dataDirectory, now: () => nowMs });
    const sts = new STS({ ...connection(cloud), credentials });
    expect((await rejection(sts.getCallerIdentity())).name).to.equal("InvalidClientTokenId");
    cloud.iam.putRole(RoleArn, AssumeRolePolicyDocument);
    expect((await sts.getCallerIdentity()).Arn).to.match(/assumed-role\/worker\/session$/);
  });

  it("take no policy of their own, which would be ignored", async () => {
    const sts = new STS(connection(cloud));
    const asked = { RoleArn, RoleSessionName: "session", Policy: "{}", SourceIdentity: "me" };
    const { name, message } = await rejection(sts.assumeRole(asked));
    expect(name).to.equal("ValidationError");
    expect(message).to.equal(
      "Expected no value for Policy, SourceIdentity, which AssumeRole does not know here.",
    );
  });
});
