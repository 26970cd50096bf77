import { expect } from "chai";
import { createRegistry } from "../../../local/deployer/registry.ts";
import type { Target } from "../../../local/deployer/resource-type.ts";
import { rejection } from "../../support/rejection.ts";

/** Resources that are only recorded need no more of the target. */
const nowhere = { region: "us-east-1", accountId: "000000000000" } as Target;

const declared = (name: string) => ({
  type: "aws:sns/topic:Topic",
  name,
  parent: "",
  custom: true,
  inputs: {},
  declaredAt: `program.ts:${name.length}`,
});

describe("The registry of declared resources", () => {
  it("makes nothing more after a failure, and keeps to the first", async () => {
    const registry = createRegistry("project", "dev", nowhere);
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
