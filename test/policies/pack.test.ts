// The rules as `pulumi up --policy-pack policies` runs them: the pack in a process of its own, asked over Pulumi's wire.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import { expect } from "chai";
import structMessages from "google-protobuf/google/protobuf/struct_pb.js";
import type { Resource } from "../../policies/rule.ts";
import { RULES } from "../../policies/rules.ts";
import { ROOT } from "../../scripts/preview/read-stack.ts";
import { recordedStack } from "../support/recorded-stacks.ts";

const QUEUE = "aws:sqs/queue:Queue";

describe("The policy pack", function () {
  this.timeout(60_000);
  let pack: ChildProcess;
  let analyzer: AnalyzerClient;
  let resources: Resource[];

  before(async () => {
    ({ resources } = await recordedStack("prod"));
    const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
    const words = [join(sdk, "cmd/run-policy-pack"), "127.0.0.1:0", join(ROOT, "policies")];
    pack = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = await once(pack.stdout ?? pack, "data");
    analyzer = new AnalyzerClient(`127.0.0.1:${String(port).trim()}`, credentials.createInsecure());
  });
  after(() => {
    analyzer.close();
    pack.kill();
  });

  const violations = (stack: readonly Resource[]) =>
    new Promise<string[]>((resolve, reject) => {
      const request = new messages.AnalyzeStackRequest().setResourcesList(stack.map(toWire));
      analyzer.analyzeStack(request, (error, response) =>
        error ? reject(error) : resolve(response.getDiagnosticsList().map((one) => one.getPolicyname())),
      );
    });

  it("has every rule, each with its sentence", async () => {
    const { default: emptyMessages } = await import("google-protobuf/google/protobuf/empty_pb.js");
    const info = await new Promise<InstanceType<typeof messages.AnalyzerInfo>>((resolve, reject) => {
      analyzer.getAnalyzerInfo(new emptyMessages.Empty(), (error, response) =>
        error ? reject(error) : resolve(response),
      );
    });
    const policies = info.getPoliciesList().map((policy) => [policy.getName(), policy.getDescription()]);
    expect(policies.map(([name]) => name)).to.have.members(Object.keys(RULES));
    expect(Object.fromEntries(policies)["bucket-tls-only"]).to.equal(
      "A bucket refuses requests without TLS. (S3.5)",
    );
  });

  it("lets prod pass", async () => {
    expect(await violations(resources)).to.deep.equal([]);
  });

  it("stops a stack that breaks a rule", async () => {
    const open = resources.map((resource) =>
      resource.type === QUEUE
        ? { ...resource, inputs: { ...resource.inputs, sqsManagedSseEnabled: false } }
        : resource,
    );
    expect(await violations(open)).to.deep.equal(["queue-encrypted", "queue-encrypted", "queue-encrypted"]);
  });
});

function toWire({ type, name, urn, inputs, propertyDependencies }: Resource) {
  const options = new messages.AnalyzerResourceOptions().setCustomtimeouts(
    new messages.AnalyzerResourceOptions.CustomTimeouts(),
  );
  const resource = new messages.AnalyzerResource()
    .setType(type)
    .setName(name)
    .setUrn(urn)
    .setProperties(structMessages.Struct.fromJavaScript(inputs))
    .setOptions(options);
  for (const [input, urns] of Object.entries(propertyDependencies))
    resource
      .getPropertydependenciesMap()
      .set(input, new messages.AnalyzerPropertyDependencies().setUrnsList(urns));
  return resource;
}
