import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, sendSigned } from "../signed.ts";
import { newName, useTarget } from "../target.ts";
import { allow, LAMBDA, trust, useRoles } from "./a-role.ts";

const target = useTarget();

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
describe("contract: CreateRole", () => {
  const role = useRoles(target);
  const create = (asked: object) =>
    refused(
      target.iam.createRole({ RoleName: newName(), AssumeRolePolicyDocument: trust(LAMBDA), ...asked }),
    );

  it("answers with the role, and its trust policy as it was given, percent-encoded", async () => {
    const RoleName = newName();
    const AssumeRolePolicyDocument = trust(LAMBDA, { Sid: "mine" }).replace("{", "{ ");
    const { Role } = await target.iam.createRole({ RoleName, AssumeRolePolicyDocument });
    await target.iam.deleteRole({ RoleName });
    expect(Role).to.include({ RoleName, Path: "/" });
    expect(Role?.Arn).to.match(new RegExp(`^arn:aws:iam::\\d{12}:role/${RoleName}$`));
    expect(Role?.RoleId).to.match(/^AROA[A-Z0-9]{17}$/);
    expect(Role?.CreateDate).to.be.an.instanceOf(Date);
    expect(Role?.AssumeRolePolicyDocument).to.match(/^%7B%20%22Version%22%3A%222012-10-17%22/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).to.equal(AssumeRolePolicyDocument);
  });

  it("puts the path into the arn", async () => {
    const { Arn, Path, RoleName } = await role({ Path: "/photos/workers/" });
    expect(Path).to.equal("/photos/workers/");
    expect(Arn).to.match(new RegExp(`:role/photos/workers/${RoleName}$`));
  });

  it("refuses a name that is taken, in whatever case and path", async () => {
    const { RoleName } = await role();
    for (const asked of [{ RoleName }, { RoleName: RoleName.toUpperCase() }, { RoleName, Path: "/other/" }]) {
      const { code, status, message } = await create(asked);
      expect([code, status], JSON.stringify(asked)).to.deep.equal(["EntityAlreadyExistsException", 409]);
      expect(message).to.equal(`Role with name ${asked.RoleName} already exists.`);
    }
  });

  const wrong: Record<string, object> = {
    "an empty name": { RoleName: "" },
    "a name of 65 characters": { RoleName: "n".repeat(65) },
    "a name with a space": { RoleName: "with space" },
    "a name with a slash": { RoleName: "a/b" },
    "a path that does not begin with a slash": { Path: "photos/" },
    "a path that does not end with a slash": { Path: "/photos" },
    "sessions of less than an hour": { MaxSessionDuration: 3599 },
    "sessions of more than twelve hours": { MaxSessionDuration: 43_201 },
    "a description of 1,001 characters": { Description: "d".repeat(1001) },
    "51 tags": { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `key-${index}`, Value: "x" })) },
    "a tag's key of 129 characters": { Tags: [{ Key: "k".repeat(129), Value: "x" }] },
  };
  for (const [what, asked] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await create(asked)).to.include({ code: "ValidationError", status: 400 });
    });
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules
  it("refuses a tag that is there twice, in whatever case", async () => {
    const Tags = [
      { Key: "team", Value: "a" },
      { Key: "Team", Value: "b" },
    ];
    expect(await create({ Tags })).to.include({ code: "InvalidInputException", status: 400 });
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
describe("contract: GetRole", () => {
  const role = useRoles(target);

  it("answers with what was created, and how long sessions may last", async () => {
    const Tags = [{ Key: "team", Value: "a and b" }];
    const created = await role({ Description: "renders", MaxSessionDuration: 7200, Tags });
    const { Role } = await target.iam.getRole({ RoleName: created.RoleName });
    expect(Role).to.deep.include({ Description: "renders", MaxSessionDuration: 7200, Tags });
    for (const field of ["Arn", "RoleId", "Path", "AssumeRolePolicyDocument"] as const)
      expect(Role?.[field], field).to.equal(created[field]);
    expect(Role?.CreateDate).to.deep.equal(created.CreateDate);
  });

  it("says that sessions last an hour at most when nothing was said", async () => {
    const { RoleName } = await role();
    expect((await target.iam.getRole({ RoleName })).Role?.MaxSessionDuration).to.equal(3600);
  });

  it("says which role there is not", async () => {
    const RoleName = newName();
    const { code, status, message } = await refused(target.iam.getRole({ RoleName }));
    expect([code, status]).to.deep.equal(["NoSuchEntityException", 404]);
    expect(message).to.equal(`The role with name ${RoleName} cannot be found.`);
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
describe("contract: ListRoles", () => {
  const role = useRoles(target);
  const Path = `/${newName()}/`;
  const made: string[] = [];
  before(async () => {
    for (let count = 0; count < 3; count += 1) made.push((await role({ Path, Description: "x" })).RoleName);
    await role();
  });
  const list = (more: object) => target.iam.listRoles({ PathPrefix: Path, ...more });

  it("lists the roles below a path", async () => {
    const { Roles = [], IsTruncated } = await list({});
    expect(Roles.map(({ RoleName }) => RoleName)).to.have.members(made);
    expect(IsTruncated).to.equal(false);
    expect(Roles[0]).to.include({ Path, Description: "x", MaxSessionDuration: 3600 });
    expect((await target.iam.listRoles({ PathPrefix: `${Path}none/` })).Roles).to.deep.equal([]);
  });

  it("lists in pages, each role once", async () => {
    const first = await list({ MaxItems: 2 });
    expect([first.Roles?.length, first.IsTruncated]).to.deep.equal([2, true]);
    const second = await list({ MaxItems: 2, Marker: first.Marker });
    expect(second.IsTruncated).to.equal(false);
    expect(second.Marker).to.equal(undefined);
    const names = [...(first.Roles ?? []), ...(second.Roles ?? [])].map(({ RoleName }) => RoleName);
    expect(names).to.have.members(made);
  });

  for (const MaxItems of [0, 1001]) {
    it(`refuses pages of ${MaxItems}`, async () => {
      expect(await refused(list({ MaxItems }))).to.include({ code: "ValidationError", status: 400 });
    });
  }
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
describe("contract: DeleteRole", () => {
  const role = useRoles(target);

  it("deletes a role, whose name is free then", async () => {
    const { RoleName, RoleId } = await role();
    await target.iam.deleteRole({ RoleName });
    expect(await refused(target.iam.getRole({ RoleName }))).to.include({ code: "NoSuchEntityException" });
    expect((await role({ RoleName })).RoleId).not.to.equal(RoleId);
  });

  it("refuses one that has policies", async () => {
    const { RoleName } = await role();
    const PolicyName = "inline";
    await target.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: allow("s3:GetObject") });
    const { code, status, message } = await refused(target.iam.deleteRole({ RoleName }));
    expect([code, status]).to.deep.equal(["DeleteConflictException", 409]);
    expect(message).to.equal("Cannot delete entity, must delete policies first.");
    await target.iam.deleteRolePolicy({ RoleName, PolicyName });
    await target.iam.deleteRole({ RoleName });
  });

  it("refuses one that there is not", async () => {
    const absent = target.iam.deleteRole({ RoleName: newName() });
    expect(await refused(absent)).to.include({ code: "NoSuchEntityException", status: 404 });
  });
});

// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
describe("contract: the query protocol of IAM", () => {
  const call = (form: Record<string, string>, secretAccessKey = target.credentials.secretAccessKey) =>
    sendSigned(
      { ...target, region: "us-east-1", credentials: { ...target.credentials, secretAccessKey } },
      {
        service: "iam",
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        body: new URLSearchParams({ Version: "2010-05-08", ...form }).toString(),
      },
    );

  it("names the answer and the result after the action, in the namespace of IAM", async () => {
    const { status, text } = await call({ Action: "ListRoles", PathPrefix: `/${newName()}/` });
    expect(status).to.equal(200);
    expect(text).to.include('<ListRolesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">');
    expect(element("IsTruncated", text)).to.equal("false");
  });

  it("says what is wrong, and whose fault it is", async () => {
    const { status, text } = await call({ Action: "GetRole", RoleName: newName() });
    expect(status).to.equal(404);
    expect([element("Type", text), element("Code", text)]).to.deep.equal(["Sender", "NoSuchEntity"]);
  });

  it("refuses an action that there is not", async () => {
    const { status, text } = await call({ Action: "Whisper" });
    expect([status, element("Code", text)]).to.deep.equal([400, "InvalidAction"]);
  });

  it("refuses a request without the role's name", async () => {
    const { status, text } = await call({ Action: "DeleteRole" });
    expect([status, element("Code", text)]).to.deep.equal([400, "ValidationError"]);
  });

  it("refuses another secret than the key's", async () => {
    const { status, text } = await call({ Action: "ListRoles" }, "not-the-secret");
    expect([status, element("Code", text)]).to.deep.equal([403, "SignatureDoesNotMatch"]);
  });
});
