import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { document, LAMBDA, trust, useRoles } from "./a-role.ts";

const target = useTarget();

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe("contract: trust policies", () => {
  const role = useRoles(target);
  const malformed: [what: string, text: string, message: RegExp][] = [
    ["no JSON", "{", /This policy contains invalid Json/],
    ["no statement", "{}", /./],
    ["no principal", document({ Effect: "Allow", Action: "sts:AssumeRole" }), /Principal/],
    ["a resource", trust(LAMBDA, { Resource: "*" }), /^Has prohibited field Resource/],
    [
      "an action that there is not",
      trust(LAMBDA, { Action: ["sts:AssumeRole", "sts:TagSessions"] }),
      /^AssumeRole policy may only specify STS AssumeRole actions\./,
    ],
    [
      "another action than to assume it",
      trust(LAMBDA, { Action: "s3:GetObject" }),
      /^AssumeRole policy may only specify STS AssumeRole actions\./,
    ],
  ];
  for (const [what, text, message] of malformed) {
    it(`are refused with ${what}, for a new role and for one that is there`, async () => {
      const { RoleName } = await role();
      const update = target.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: text });
      const create = target.iam.createRole({ RoleName: newName(), AssumeRolePolicyDocument: text });
      for (const refusal of [await refused(update), await refused(create)]) {
        expect(refusal).to.include({ code: "MalformedPolicyDocumentException", status: 400 });
        expect(refusal.message).to.match(message);
      }
    });
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  it("are of at most 2,048 characters, white space not counted", async () => {
    const { RoleName } = await role();
    const sized = (length: number) =>
      trust(LAMBDA, { Sid: "" }).replace('"Sid":""', `"Sid":"${"s".repeat(length)}"`);
    const room = 2048 - sized(0).length;
    await target.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: sized(room).replace("{", "{\n  ") });
    const more = target.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: sized(room + 1) });
    const { code, status, message } = await refused(more);
    expect([code, status]).to.deep.equal(["LimitExceededException", 409]);
    expect(message).to.equal("Cannot exceed quota for ACLSizePerRole: 2048");
  });

  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
  it("are replaced", async () => {
    const { RoleName } = await role();
    const PolicyDocument = trust({ Service: "sqs.amazonaws.com" });
    await target.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
    const { Role } = await target.iam.getRole({ RoleName });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).to.equal(PolicyDocument);
  });

  it("are those of roles that there are", async () => {
    const absent = target.iam.updateAssumeRolePolicy({ RoleName: newName(), PolicyDocument: trust(LAMBDA) });
    expect(await refused(absent)).to.include({ code: "NoSuchEntityException", status: 404 });
  });
});
