import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { readSettings } from "../../infra/config.ts";
import { Darkroom } from "../../infra/darkroom.ts";
import { type MockedRun, runMocked } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const STACK = "pulumi:pulumi:Stack";

/** As index.ts does, with the stack's configuration. */
function program() {
  const settings = readSettings();
  return new Darkroom("photos", { settings, code: new pulumi.asset.FileArchive("an/artifact") });
}

const namesOf = ({ resources }: MockedRun) => resources.map(({ type, name }) => `${type} ${name}`);

describe("Darkroom", () => {
  it("puts everything below itself, under names that begin with its own", async () => {
    const run = await declareDarkroom();
    const [root] = run.of("darkroom:index:Darkroom");
    const byUrn = new Map(run.resources.map((resource) => [resource.urn, resource]));
    for (const resource of run.resources.filter(({ type }) => type !== STACK)) {
      expect(resource.name).to.match(/^photos(-|$)/);
      let top = resource;
      while (top.parent !== "" && byUrn.get(top.parent)?.type !== STACK) {
        const parent = byUrn.get(top.parent);
        if (!parent) break;
        top = parent;
      }
      expect(top.urn, resource.name).to.equal(root?.urn);
    }
  });

  it("has no two resources of one type and name, which only an engine would notice", async () => {
    const names = namesOf(await declareDarkroom());
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it("tags everything that takes tags", async () => {
    const run = await declareDarkroom({ tags: { team: "photos" } });
    const tagged = run.resources.filter(({ inputs }) => inputs.tags?.team === "photos");
    expect([...new Set(tagged.map(({ type }) => type))]).to.include.members([
      "aws:s3/bucket:Bucket",
      "aws:sqs/queue:Queue",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:iam/role:Role",
      "aws:lambda/function:Function",
      "aws:lambda/eventSourceMapping:EventSourceMapping",
    ]);
  });

  it("declares in a preview, where no output is known, what it declares in an update", async () => {
    const update = await runMocked(program);
    const preview = await runMocked(program, { preview: true });
    expect(namesOf(preview)).to.have.members(namesOf(update));
    expect(namesOf(preview)).to.have.length.above(20);
  });

  it("can be there twice in one program", async () => {
    const code = new pulumi.asset.FileArchive("an/artifact");
    const run = await runMocked(() => {
      const settings = readSettings();
      new Darkroom("photos", { settings, code });
      new Darkroom("scans", { settings, code });
    });
    expect(run.of("aws:s3/bucketNotification:BucketNotification")).to.have.length(2);
    const names = namesOf(run);
    expect(names).to.deep.equal([...new Set(names)]);
  });
});

describe("The stack's configuration", () => {
  it("is read from text, as Pulumi keeps it", async () => {
    const config = {
      maximumConcurrency: 12,
      protect: false,
      architecture: "x86_64",
      source: { prefix: "123" },
      tags: { cost: "42" },
    };
    let settings: ReturnType<typeof readSettings> | undefined;
    await runMocked(
      () => {
        settings = readSettings();
      },
      { config },
    );
    expect(settings).to.deep.include({ ...config, source: { prefix: "123", suffixes: [] } });
  });

  it("fails as a whole, in sentences, before anything is declared", async () => {
    const config = { maximumConcurrency: 1, memoryMiB: "lots", batchSize: 11, colour: "red" };
    let problem: unknown;
    const run = await runMocked(
      () => {
        try {
          program();
        } catch (error) {
          problem = error;
        }
      },
      { config },
    );
    expect(problem).to.be.instanceOf(pulumi.RunError);
    expect((problem as Error).message.split("\n  ")).to.have.members([
      "The settings of this stack are wrong:",
      "Expected a whole number from 2 to 1000 invocations for darkroom:maximumConcurrency, but received 1.",
      'Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received "lots".',
      'Expected no setting for darkroom:colour, but received "red".',
      "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.",
    ]);
    expect(run.resources.filter(({ type }) => type !== STACK)).to.deep.equal([]);
  });
});
