import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { allow, document, LAMBDA, useRoles } from "./a-role.ts";

const target = useTarget();

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html
describe("contract: inline policies of roles", () => {
  const role = useRoles(target);
  const put = (RoleName: string, PolicyName: string, PolicyDocument = allow("s3:GetObject")) =>
    target.iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument });
  const textOf = async (RoleName: string, PolicyName: string) =>
    decodeURIComponent((await target.iam.getRolePolicy({ RoleName, PolicyName })).PolicyDocument ?? "");
  const absent = async (promise: Promise<unknown>, what: string) => {
    const { code, status, message } = await refused(promise);
    expect([code, status]).to.deep.equal(["NoSuchEntityException", 404]);
    expect(message).to.equal(`The ${what} cannot be found.`);
  };

  it("are put, told as they were given, percent-encoded, and replaced", async () => {
    const { RoleName } = await role();
    await put(RoleName, "read");
    const { PolicyDocument, ...names } = await target.iam.getRolePolicy({ RoleName, PolicyName: "read" });
    expect(names).to.include({ RoleName, PolicyName: "read" });
    expect(PolicyDocument).to.match(
      /^%7B%22Version%22%3A%222012-10-17%22[\w%.~-]*%22Resource%22%3A%22%2A%22/,
    );
    expect(await textOf(RoleName, "read")).to.equal(allow("s3:GetObject"));
    await put(RoleName, "read", allow("sqs:SendMessage"));
    expect(await textOf(RoleName, "read")).to.equal(allow("sqs:SendMessage"));
  });

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html
  it("are listed, in pages too", async () => {
    const { RoleName } = await role();
    for (const name of ["b", "a", "c"]) await put(RoleName, name);
    const list = (more = {}) => target.iam.listRolePolicies({ RoleName, ...more });
    const { PolicyNames, IsTruncated } = await list();
    expect(PolicyNames).to.have.members(["a", "b", "c"]);
    expect(IsTruncated).to.equal(false);
    const first = await list({ MaxItems: 2 });
    expect(first.IsTruncated).to.equal(true);
    const second = await list({ MaxItems: 2, Marker: first.Marker });
    expect(second.IsTruncated).to.equal(false);
    expect([first.PolicyNames?.length, second.PolicyNames?.length]).to.deep.equal([2, 1]);
    expect([...(first.PolicyNames ?? []), ...(second.PolicyNames ?? [])]).to.have.members(["a", "b", "c"]);
  });

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html
  it("are deleted, once", async () => {
    const { RoleName } = await role();
    for (const name of ["a", "b"]) await put(RoleName, name);
    await target.iam.deleteRolePolicy({ RoleName, PolicyName: "a" });
    expect((await target.iam.listRolePolicies({ RoleName })).PolicyNames).to.deep.equal(["b"]);
    await absent(target.iam.getRolePolicy({ RoleName, PolicyName: "a" }), "role policy with name a");
    await absent(target.iam.deleteRolePolicy({ RoleName, PolicyName: "a" }), "role policy with name a");
  });

  it("have names that are nothing else", async () => {
    const { RoleName } = await role();
    const PolicyName = "constructor";
    await absent(target.iam.getRolePolicy({ RoleName, PolicyName }), "role policy with name constructor");
    await absent(target.iam.deleteRolePolicy({ RoleName, PolicyName }), "role policy with name constructor");
    await put(RoleName, "__proto__");
    expect((await target.iam.listRolePolicies({ RoleName })).PolicyNames).to.deep.equal(["__proto__"]);
  });

  it("are those of roles that there are", async () => {
    const RoleName = newName();
    const what = `role with name ${RoleName}`;
    await absent(put(RoleName, "read"), what);
    await absent(target.iam.getRolePolicy({ RoleName, PolicyName: "read" }), what);
    await absent(target.iam.listRolePolicies({ RoleName }), what);
    await absent(target.iam.deleteRolePolicy({ RoleName, PolicyName: "read" }), what);
  });

  for (const name of ["", "n".repeat(129), "with space", "a/b"]) {
    it(`refuse the name ${JSON.stringify(name.slice(0, 12))}`, async () => {
      const { RoleName } = await role();
      expect(await refused(put(RoleName, name))).to.include({ code: "ValidationError", status: 400 });
    });
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
  const malformed: [what: string, text: string][] = [
    ["no JSON", "{"],
    ["a list", "[]"],
    ["no statement", '{"Version":"2012-10-17"}'],
    ["an unknown effect", document({ Effect: "Maybe", Action: "s3:GetObject", Resource: "*" })],
    ["an unknown element", document({ Effect: "Allow", Actions: "s3:GetObject", Resource: "*" })],
    ["no action", document({ Effect: "Allow", Resource: "*" })],
    ["no resource", document({ Effect: "Allow", Action: "s3:GetObject" })],
    ["a principal", document({ Effect: "Allow", Principal: LAMBDA, Action: "s3:GetObject", Resource: "*" })],
  ];
  for (const [what, text] of malformed) {
    it(`are refused with ${what}, and the one that was there stays`, async () => {
      const { RoleName } = await role();
      await put(RoleName, "read");
      expect(await refused(put(RoleName, "read", text))).to.include({
        code: "MalformedPolicyDocumentException",
        status: 400,
      });
      expect(await textOf(RoleName, "read")).to.equal(allow("s3:GetObject"));
    });
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  it("are of at most 10,240 characters together, white space not counted", async () => {
    const { RoleName } = await role();
    const sized = (length: number) => {
      const [before, after] = allow("s3:GetObject", "arn:aws:s3:::*").split("*");
      return `${before}${"r".repeat(length - allow("s3:GetObject", "arn:aws:s3:::").length)}${after}`;
    };
    await put(RoleName, "half", sized(5120));
    await put(RoleName, "other", sized(5120).replace("{", `{${" ".repeat(100)}`));
    const { code, status, message } = await refused(put(RoleName, "other", sized(5121)));
    expect([code, status]).to.deep.equal(["LimitExceededException", 409]);
    expect(message).to.equal(`Maximum policy size of 10240 bytes exceeded for role ${RoleName}`);
    expect((await textOf(RoleName, "other")).trim()).to.have.length(5220);
  });
});
