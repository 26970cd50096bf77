// What the contract suite cannot ask of AWS: permissions of a role that nobody else has, roles of a program, and kills.
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { expect } from "chai";
import type { Cloud } from "../../../local/cloud.ts";
import type { Credentials } from "../../../local/iam/iam.ts";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type KillableCloud, startKillableCloud } from "../durability/killable-cloud.ts";

const ACCOUNT = "000000000000";
const ROOT = { accessKeyId: "local", secretAccessKey: "local" };
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const text = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const trust = (Principal: object) => text({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
const TRUST_ACCOUNT = trust({ AWS: ACCOUNT });
const allow = (Action: string | string[], Resource = "*") => text({ Effect: "Allow", Action, Resource });
const codeOf = async (promise: Promise<unknown>) => (await rejection(promise)).name;

const iamClient = (cloud: Cloud, credentials: Credentials = cloud.iam.rootCredentials) =>
  new IAM({ ...connection(cloud), credentials });

/** A role that the account may assume, with one policy. */
async function makeRole(iam: IAM, RoleName: string, PolicyDocument = allow("iam:GetRole")): Promise<void> {
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST_ACCOUNT });
  await iam.putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument });
}

describe("permissions on roles", () => {
  let cloud: TestCloud;
  let root: IAM;
  before(async () => {
    cloud = await startTestCloud();
    root = iamClient(cloud);
    await makeRole(root, "photos");
  });
  after(() => cloud.stop());

  function worker(policy: string): IAM {
    cloud.iam.putRole(arnOf("worker"), trust({ Service: "lambda.amazonaws.com" }));
    cloud.iam.putRolePolicy(arnOf("worker"), "inline", policy);
    return iamClient(cloud, cloud.iam.assumeRole(arnOf("worker"), "lambda.amazonaws.com", "session"));
  }

  const RoleName = "photos";
  const PolicyName = "inline";
  const operations: Record<string, (iam: IAM) => Promise<unknown>> = {
    "iam:CreateRole": (iam) =>
      iam.createRole({ RoleName: "another", AssumeRolePolicyDocument: TRUST_ACCOUNT }),
    "iam:GetRole": (iam) => iam.getRole({ RoleName }),
    "iam:ListRoles": (iam) => iam.listRoles(),
    "iam:UpdateAssumeRolePolicy": (iam) =>
      iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: TRUST_ACCOUNT }),
    "iam:PutRolePolicy": (iam) => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: allow("s3:*") }),
    "iam:GetRolePolicy": (iam) => iam.getRolePolicy({ RoleName, PolicyName }),
    "iam:ListRolePolicies": (iam) => iam.listRolePolicies({ RoleName }),
    "iam:DeleteRolePolicy": (iam) => iam.deleteRolePolicy({ RoleName, PolicyName }),
    "iam:DeleteRole": (iam) => iam.deleteRole({ RoleName }),
  };
  for (const [action, operate] of Object.entries(operations)) {
    it(`are asked for ${action}`, async () => {
      const { name, message } = await rejection(operate(worker(allow("sts:*"))));
      expect(name).to.equal("AccessDenied");
      expect(message).to.include(`is not authorized to perform: ${action} on resource`);
      await operate(worker(allow(action)));
    });
  }

  it("may be given for the roles below a path", async () => {
    const AssumeRolePolicyDocument = TRUST_ACCOUNT;
    const iam = worker(allow(["iam:CreateRole", "iam:GetRole"], arnOf("mine/*")));
    await iam.createRole({ RoleName: "below", Path: "/mine/", AssumeRolePolicyDocument });
    await iam.getRole({ RoleName: "below" });
    const outside = iam.createRole({ RoleName: "outside", AssumeRolePolicyDocument });
    expect(await codeOf(outside)).to.equal("AccessDenied");
    expect(await codeOf(iam.getRole({ RoleName: "missing" }))).to.equal("AccessDenied");
  });

  it("are those of a session of a role with a path", async () => {
    const RoleName = "pathed";
    await root.createRole({ RoleName, Path: "/a/b/", AssumeRolePolicyDocument: TRUST_ACCOUNT });
    await root.putRolePolicy({ RoleName, PolicyName, PolicyDocument: allow("iam:GetRole") });
    const { Arn = "" } = (await root.getRole({ RoleName })).Role ?? {};
    const who = { kind: "root", arn: arnOf("").replace("role/", "root") } as const;
    await iamClient(cloud, cloud.iam.assumeRole(Arn, who, "session")).getRole({ RoleName });
  });
});

describe("roles of a program", () => {
  let cloud: TestCloud;
  let iam: IAM;
  const RoleName = "declared";
  before(async () => {
    cloud = await startTestCloud();
    iam = iamClient(cloud);
    cloud.iam.putRole(arnOf(RoleName), TRUST_ACCOUNT);
    cloud.iam.putRolePolicy(arnOf(RoleName), "inline", allow("s3:*"));
    await makeRole(iam, "a");
    await makeRole(iam, "z");
  });
  after(() => cloud.stop());

  it("are told like any other, in their place", async () => {
    expect((await iam.getRole({ RoleName })).Role?.Arn).to.equal(arnOf(RoleName));
    const { PolicyDocument = "" } = await iam.getRolePolicy({ RoleName, PolicyName: "inline" });
    expect(decodeURIComponent(PolicyDocument)).to.equal(allow("s3:*"));
    const first = await iam.listRoles({ MaxItems: 2 });
    const second = await iam.listRoles({ MaxItems: 2, Marker: first.Marker });
    const names = [...(first.Roles ?? []), ...(second.Roles ?? [])].map((role) => role.RoleName);
    expect(names).to.deep.equal(["a", RoleName, "z"]);
  });

  const changes: Record<string, () => Promise<unknown>> = {
    UpdateAssumeRolePolicy: () =>
      iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust({ AWS: "*" }) }),
    PutRolePolicy: () => iam.putRolePolicy({ RoleName, PolicyName: "more", PolicyDocument: allow("sqs:*") }),
    DeleteRolePolicy: () => iam.deleteRolePolicy({ RoleName, PolicyName: "inline" }),
    DeleteRole: () => iam.deleteRole({ RoleName }),
  };
  for (const [operation, change] of Object.entries(changes)) {
    it(`are changed by the program alone: ${operation}`, async () => {
      const { name, message } = await rejection(change());
      expect(name).to.equal("UnmodifiableEntityException");
      expect(message).to.equal(
        "Expected a role that CreateRole made, but received declared, which the deployed program declares: change it there.",
      );
    });
  }

  it("have names that are taken", async () => {
    const again = iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST_ACCOUNT });
    expect(await codeOf(again)).to.equal("EntityAlreadyExistsException");
  });

  it("take the place of one that was made over the wire", async () => {
    await makeRole(iam, "taken");
    cloud.iam.putRole(arnOf("taken"), TRUST_ACCOUNT);
    expect((await iam.listRolePolicies({ RoleName: "taken" })).PolicyNames).to.deep.equal([]);
    const { Roles = [] } = await iam.listRoles();
    expect(Roles.filter(({ RoleName }) => RoleName === "taken")).to.have.length(1);
    expect(await codeOf(iam.deleteRole({ RoleName: "taken" }))).to.equal("UnmodifiableEntityException");
  });
});

describe("roles made over the wire", () => {
  let cloud: TestCloud;
  let iam: IAM;
  beforeEach(async () => {
    cloud = await startTestCloud();
    iam = iamClient(cloud);
  });
  afterEach(() => cloud.stop());

  it("keep what a program adds to them", async () => {
    await makeRole(iam, "shared");
    cloud.iam.putRolePolicy(arnOf("shared"), "of-a-program", allow("sqs:*"));
    await cloud.stop({ keepsData: true });
    cloud = await startTestCloud({ dataDirectory: cloud.dataDirectory });
    const { PolicyNames } = await iamClient(cloud).listRolePolicies({ RoleName: "shared" });
    expect(PolicyNames).to.have.members(["inline", "of-a-program"]);
  });

  it("lose no change to another that is under way at the same time", async () => {
    const create = () => iam.createRole({ RoleName: "one", AssumeRolePolicyDocument: TRUST_ACCOUNT });
    const created = await Promise.allSettled([create(), create(), create()]);
    expect(created.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    const names = ["a", "b", "c", "d", "e"];
    const PolicyDocument = allow("s3:*");
    await Promise.all(
      names.map((PolicyName) => iam.putRolePolicy({ RoleName: "one", PolicyName, PolicyDocument })),
    );
    expect((await iam.listRolePolicies({ RoleName: "one" })).PolicyNames).to.deep.equal(names);
  });

  it("are assumed by Lambda when they trust it", async () => {
    const AssumeRolePolicyDocument = trust({ Service: "lambda.amazonaws.com" });
    await iam.createRole({ RoleName: "function", AssumeRolePolicyDocument });
    const assume = () => cloud.iam.assumeRole(arnOf("function"), "lambda.amazonaws.com", "session");
    expect(cloud.iam.lookup(assume().accessKeyId)?.principal.role).to.equal(arnOf("function"));
    await iam.updateAssumeRolePolicy({ RoleName: "function", PolicyDocument: TRUST_ACCOUNT });
    expect(assume).to.throw("cannot be assumed by Lambda");
  });
});

describe("kill -9", () => {
  const folder = temporaryFolder();
  let cloud: KillableCloud;
  const start = async () => {
    cloud = await startKillableCloud({ dataDirectory: folder.path });
    return { endpoint: cloud.endpoint, region: "us-east-1", credentials: { ...ROOT } };
  };
  after(async () => {
    await cloud.kill();
    folder.remove();
  });

  it("takes no role, policy, deletion or session that was acknowledged", async () => {
    const first = await start();
    const iam = new IAM(first);
    await makeRole(iam, "kept", allow("iam:GetRolePolicy"));
    await makeRole(iam, "gone");
    await iam.deleteRolePolicy({ RoleName: "gone", PolicyName: "inline" });
    await iam.deleteRole({ RoleName: "gone" });
    const before = (await iam.getRole({ RoleName: "kept" })).Role;
    const asked = { RoleArn: arnOf("kept"), RoleSessionName: "session" };
    const { Credentials } = await new STS(first).assumeRole(asked);
    await cloud.kill();

    const second = await start();
    const again = new IAM(second);
    expect((await again.getRole({ RoleName: "kept" })).Role).to.deep.equal(before);
    expect(await codeOf(again.getRole({ RoleName: "gone" }))).to.equal("NoSuchEntityException");
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const own = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    const session = new IAM({ ...second, credentials: own });
    await session.getRolePolicy({ RoleName: "kept", PolicyName: "inline" });
    expect(await codeOf(session.getRole({ RoleName: "kept" }))).to.equal("AccessDenied");
  });
});
