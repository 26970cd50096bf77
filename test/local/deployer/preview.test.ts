import { expect } from "chai";
import { type Preview, preview } from "../../../local/deployer/preview.ts";
import { UNKNOWN } from "../../../local/deployer/values.ts";
import { copyProject, FIXTURES, type ProjectCopy, SEVERAL_PROGRAMS_MS } from "./a-deployment.ts";

const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

describe("A preview of a program", () => {
  let project: ProjectCopy;
  let update: Preview;
  let dry: Preview;

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    project = copyProject(`${FIXTURES}/queue-and-bucket`, "program.ts");
    project.writeStack("dev", "config:\n  aws:region: eu-west-1\n");
    [update, dry] = await Promise.all([
      preview({ ...project, stack: "dev" }),
      preview({ ...project, stack: "dev", dryRun: true }),
    ]);
  });

  after(() => project.remove());

  const one = ({ resources }: Preview, type: string) => resources.find((resource) => resource.type === type);

  it("gives names and arns in AWS's forms, in the region of the stack", () => {
    expect(update.region).to.equal("eu-west-1");
    expect(update.outputs.queueUrl).to.match(
      /^https:\/\/sqs\.eu-west-1\.amazonaws\.com\/123456789012\/intake-work-[0-9a-f]{7}$/,
    );
    expect(String(one(update, QUEUE_POLICY)?.inputs.policy)).to.match(/"aws:SourceArn":"arn:aws:s3:::[a-z]/);
  });

  it("tells whose outputs are in an input, what comes before, and where it is declared", () => {
    const queue = one(update, "aws:sqs/queue:Queue");
    const policy = one(update, QUEUE_POLICY);
    expect(policy?.propertyDependencies.queueUrl).to.deep.equal([queue?.urn]);
    expect(policy?.dependsOn).to.include(queue?.urn);
    expect(policy?.declaredAt).to.match(/queue-and-bucket\/program\.ts:\d+$/);
    expect(queue?.parent).to.equal(one(update, "sample:index:Intake")?.urn);
  });

  it("knows no outputs in a dry run, and declares the same", () => {
    expect(dry.resources.map(({ urn }) => urn)).to.have.members(update.resources.map(({ urn }) => urn));
    expect(one(dry, QUEUE_POLICY)?.inputs).to.deep.equal({ policy: UNKNOWN, queueUrl: UNKNOWN });
    expect(dry.outputs.queueUrl).to.equal(UNKNOWN);
  });
});
