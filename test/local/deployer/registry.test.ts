import { expect } from "chai";
import { createRegistry } from "../../../local/deployer/registry.ts";
import { rejection } from "../../support/rejection.ts";

const makeNothing = async () => ({ id: "", outputs: {} });

const declared = (name: string) => ({
  type: "aws:sns/topic:Topic",
  name,
  parent: "",
  custom: true,
  inputs: {},
  dependsOn: [],
  propertyDependencies: {},
  protect: false,
  declaredAt: `program.ts:${name.length}`,
});

describe("The registry of declared resources", () => {
  it("makes nothing more after a failure, and keeps to the first", async () => {
    const registry = createRegistry("project", "dev", makeNothing);
    await registry.register(declared("a"));
    const first = await rejection(registry.register(declared("a")));
    const later = await rejection(registry.register(declared("bcd")));
    expect(first.message).to.match(/Topic::a: Duplicate resource URN.*\n {2}declared at program\.ts:1$/);
    expect(later).to.equal(first);
    registry.fail("Something else.");
    expect(registry.failure()).to.equal(first);
    expect(registry.resources.map(({ name }) => name)).to.deep.equal(["a"]);
  });
});
