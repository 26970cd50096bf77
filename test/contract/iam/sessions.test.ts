import { IAM } from "@aws-sdk/client-iam";
import { type AssumeRoleCommandInput, STS } from "@aws-sdk/client-sts";
import { expect } from "chai";
import type { Credentials } from "../../../local/iam/iam.ts";
import { refused } from "../refused.ts";
import { element, presign, read, sendSigned } from "../signed.ts";
import { newName, useTarget } from "../target.ts";
import { allow, document, LAMBDA, trust, useRoles } from "./a-role.ts";

const target = useTarget();
const account = async () => (await target.sts.getCallerIdentity()).Account ?? "";
const trustAccount = async (more = {}) => trust({ AWS: await account() }, more);

async function assume(RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}, sts = target.sts) {
  return await sts.assumeRole({ RoleArn, RoleSessionName: "session", ...more });
}

async function credentialsOf(...asked: Parameters<typeof assume>): Promise<Required<Credentials>> {
  const { Credentials: { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = {} } = await assume(
    ...asked,
  );
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

function clients(credentials: Credentials) {
  const { endpoints, region } = target;
  const connection = { credentials, maxAttempts: 1 };
  return {
    sts: new STS({ ...connection, region, endpoint: endpoints.sts }),
    iam: new IAM({ ...connection, region: "us-east-1", endpoint: endpoints.iam }),
  };
}

// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
describe("contract: GetCallerIdentity", () => {
  const role = useRoles(target);

  it("says who one is, in which account", async () => {
    const { Account, Arn, UserId } = await target.sts.getCallerIdentity();
    expect(Account).to.match(/^\d{12}$/);
    expect(Arn).to.match(new RegExp(`^arn:aws:(iam|sts)::${Account}:`));
    expect(UserId).not.to.equal("");
  });

  it("says which session of which role one is", async () => {
    const { Arn, RoleName, RoleId } = await role({ AssumeRolePolicyDocument: await trustAccount() });
    const { sts } = clients(await credentialsOf(Arn));
    const { Account, ...identity } = await sts.getCallerIdentity();
    expect(identity.Arn).to.equal(`arn:aws:sts::${Account}:assumed-role/${RoleName}/session`);
    expect(identity.UserId).to.equal(`${RoleId}:session`);
  });

  it("refuses keys that nobody has", async () => {
    const nobody = clients({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" });
    expect(await refused(nobody.sts.getCallerIdentity())).to.include({
      code: "InvalidClientTokenId",
      status: 403,
    });
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  it("answers to a URL that carries its own signature", async () => {
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    const url = await presign(target, { service: "sts", method: "GET", query });
    const { status, text } = await read(await fetch(url));
    expect([status, element("Account", text)]).to.deep.equal([200, await account()]);
  });

  it("answers in the namespace of STS", async () => {
    const { status, text } = await sendSigned(target, {
      service: "sts",
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(status).to.equal(200);
    expect(text).to.include('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">');
    expect(element("Account", text)).to.equal(await account());
  });
});

// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
describe("contract: AssumeRole", () => {
  const role = useRoles(target);
  const trusting = async (more = {}) => role({ AssumeRolePolicyDocument: await trustAccount(), ...more });

  it("answers with credentials for so long, and who they are", async () => {
    const { Arn, RoleName, RoleId } = await trusting();
    const answer = await assume(Arn, { DurationSeconds: 900 });
    const session = `arn:aws:sts::${await account()}:assumed-role/${RoleName}/session`;
    expect(answer.AssumedRoleUser).to.deep.equal({ Arn: session, AssumedRoleId: `${RoleId}:session` });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    expect(AccessKeyId).to.match(/^ASIA[A-Z0-9]{16}$/);
    expect([SecretAccessKey, SessionToken]).not.to.include("");
    const seconds = (Number(Expiration) - Date.now()) / 1000;
    expect(seconds).to.be.within(840, 960); // Clocks differ.
  });

  it("takes the path of a role from its arn", async () => {
    const { Arn, RoleName } = await trusting({ Path: "/photos/" });
    expect((await assume(Arn)).AssumedRoleUser?.Arn).to.match(new RegExp(`/${RoleName}/session$`));
    const refusal = await refused(assume(Arn.replace("/photos/", "/")));
    expect(refusal).to.include({ code: "AccessDenied", status: 403 });
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
  it("gives what the role's policies allow, and no more", async () => {
    const { Arn, RoleName } = await trusting();
    const PolicyDocument = allow("iam:GetRole", Arn);
    await target.iam.putRolePolicy({ RoleName, PolicyName: "look", PolicyDocument });
    const { iam } = clients(await credentialsOf(Arn));
    expect((await iam.getRole({ RoleName })).Role?.RoleName).to.equal(RoleName);
    const { code, status, message } = await refused(iam.deleteRole({ RoleName }));
    expect([code, status]).to.deep.equal(["AccessDenied", 403]);
    expect(message).to.match(
      new RegExp(`assumed-role/${RoleName}/session is not authorized to perform: iam:DeleteRole`),
    );
  });

  it("refuses a role that trusts others, in the words of one that is not there", async () => {
    const others = await role({ AssumeRolePolicyDocument: trust(LAMBDA) });
    for (const arn of [others.Arn, `arn:aws:iam::${await account()}:role/${newName()}`]) {
      const { code, status, message } = await refused(assume(arn));
      expect([code, status]).to.deep.equal(["AccessDenied", 403]);
      expect(message).to.include(`is not authorized to perform: sts:AssumeRole on resource: ${arn}`);
    }
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
  it("refuses who is denied, and allowed as well", async () => {
    const Principal = { AWS: await account() };
    const Action = "sts:AssumeRole";
    const allowed = { Effect: "Allow", Principal, Action };
    const { Arn } = await role({
      AssumeRolePolicyDocument: document(allowed, { Effect: "Deny", Principal: "*", Action }),
    });
    expect(await refused(assume(Arn))).to.include({ code: "AccessDenied", status: 403 });
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
  it("asks for the external id that the role wants", async () => {
    const Condition = { StringEquals: { "sts:ExternalId": "mine" } };
    const { Arn } = await role({ AssumeRolePolicyDocument: await trustAccount({ Condition }) });
    for (const more of [{}, { ExternalId: "yours" }])
      expect(await refused(assume(Arn, more))).to.include({ code: "AccessDenied", status: 403 });
    await assume(Arn, { ExternalId: "mine" });
  });

  const wrong: Record<string, Partial<AssumeRoleCommandInput>> = {
    "what is no arn": { RoleArn: "nothing-valid-in-here" },
    "an arn that is no role's": { RoleArn: "arn:aws:s3:::some-bucket-of-mine" },
    "a session without a name": { RoleSessionName: "" },
    "a session's name of one character": { RoleSessionName: "s" },
    "a session's name of 65 characters": { RoleSessionName: "s".repeat(65) },
    "a session's name with a colon": { RoleSessionName: "session:2" },
    "a session of less than fifteen minutes": { DurationSeconds: 899 },
    "a session of more than twelve hours": { DurationSeconds: 43_201 },
    "a session longer than the role's may be": { DurationSeconds: 3601 },
  };
  for (const [what, asked] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      const { Arn } = await trusting();
      expect(await refused(assume(Arn, asked))).to.include({ code: "ValidationError", status: 400 });
    });
  }

  it("gives sessions as long as the role lets them be", async () => {
    const { Arn } = await trusting({ MaxSessionDuration: 7200 });
    await assume(Arn, { DurationSeconds: 7200 });
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html, role chaining
  it("gives an hour at most to who is a session already", async () => {
    const next = await trusting({ MaxSessionDuration: 7200 });
    const first = await trusting();
    await target.iam.putRolePolicy({
      RoleName: first.RoleName,
      PolicyName: "chain",
      PolicyDocument: allow("sts:AssumeRole", next.Arn),
    });
    const { sts } = clients(await credentialsOf(first.Arn));
    const longer = assume(next.Arn, { DurationSeconds: 3601 }, sts);
    expect(await refused(longer)).to.include({ code: "ValidationError", status: 400 });
    await assume(next.Arn, { DurationSeconds: 3600 }, sts);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
  it("leaves it to the policies of the account whom it lets in, where a role trusts the account", async () => {
    const { Arn } = await trusting();
    const { sts } = clients(await credentialsOf((await trusting()).Arn));
    expect(await refused(assume(Arn, {}, sts))).to.include({ code: "AccessDenied", status: 403 });
  });

  it("needs no more than to be named by the role", async () => {
    const first = await trusting();
    const { Arn } = await role({ AssumeRolePolicyDocument: trust({ AWS: first.Arn }) });
    await assume(Arn, {}, clients(await credentialsOf(first.Arn)).sts);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_use-resources.html
  it("gives a token that must come with every request", async () => {
    const { Arn } = await trusting();
    const { sessionToken, ...stolen } = await credentialsOf(Arn);
    for (const more of [{}, { sessionToken: `${sessionToken.slice(0, -4)}AAAA` }]) {
      const { sts } = clients({ ...stolen, ...more });
      expect(await refused(sts.getCallerIdentity())).to.include({
        code: "InvalidClientTokenId",
        status: 403,
      });
    }
  });
});
