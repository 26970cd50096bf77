import { expect } from "chai";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

const statements = (run: MockedRun, kind: string) =>
  statementsOf(run.one(ROLE_POLICY, `operator-${kind}`).inputs.policy);

describe("The operators' roles", () => {
  it("are assumed by whom the account lets, and by no service", async () => {
    const run = await declareDarkroom();
    const roles = run.of(ROLE).filter(({ name }) => name.startsWith("photos-operator"));
    expect(roles).to.have.length(2);
    for (const { inputs } of roles) {
      const [statement, ...others] = JSON.parse(inputs.assumeRolePolicy).Statement;
      expect(statement.Principal).to.deep.equal({ AWS: "arn:aws:iam::123456789012:root" });
      expect(others).to.deep.equal([]);
    }
  });

  it("are not there when nobody wants them", async () => {
    const run = await declareDarkroom({ operatorRoles: false });
    expect(run.of(ROLE).map(({ name }) => name)).to.deep.equal(["photos-worker"]);
  });

  it("enqueue on the one lane there is", async () => {
    const laneOf = async (settings: Record<string, unknown>) =>
      statements(await declareDarkroom(settings), "redrive").EnqueueWork?.Resource;
    const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:photos-${name}-1a2b3c4`;
    expect(await laneOf({})).to.equal(queue("backfill"));
    expect(await laneOf({ backfill: false })).to.equal(queue("work"));
  });

  it("read with the owner's key, and only the one that writes makes new data keys", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/mine";
    const run = await declareDarkroom({ kmsKeyArn });
    expect(statements(run, "read").UseKey).to.deep.include({ Action: ["kms:Decrypt"], Resource: kmsKeyArn });
    expect(statements(run, "redrive").UseKey?.Action).to.deep.equal(["kms:Decrypt", "kms:GenerateDataKey"]);
    expect(statements(await declareDarkroom(), "read")).not.to.have.property("UseKey");
  });

  it("send no image through but the doctor's, where S3 announces it", async () => {
    const run = await declareDarkroom({ source: { prefix: "in/" } });
    expect(statements(run, "redrive").Probe?.Resource).to.deep.equal([
      "arn:aws:s3:::photos-source-1a2b3c4/in/darkroom-doctor-*",
      "arn:aws:s3:::photos-destination-1a2b3c4/in/darkroom-doctor-*",
    ]);
  });
});
