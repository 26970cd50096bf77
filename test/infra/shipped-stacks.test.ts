import { readFileSync } from "node:fs";
import { expect } from "chai";
import { UNKNOWN } from "../../local/deployer/values.ts";
import { LISTED_STACKS, listingFile, listingText } from "../../scripts/preview/listing.ts";
import { readStack, type StackPreview } from "../../scripts/preview/read-stack.ts";
import { recordedStack } from "../support/recorded-stacks.ts";

describe("The shipped stacks", function () {
  this.timeout(120_000);

  for (const stack of LISTED_STACKS) {
    // When this is meant: `npm run preview -- --write-listings`, and read the diff.
    it(`declare what test/infra/listings/${stack}.yaml says`, async () => {
      expect(listingText(await recordedStack(stack))).to.equal(readFileSync(listingFile(stack), "utf8"));
    });
  }

  it("declare the same a second time", async () => {
    expect(listingText(await readStack("dev"))).to.equal(listingText(await recordedStack("dev")));
  });

  it("declare in a preview, where no output is known, what they declare in an update", async () => {
    const [update, dry] = [await recordedStack("prod"), await recordedStack("prod", true)];
    const known = new Map(dry.resources.map((resource) => [resource.urn, resource]));
    expect([...known.keys()]).to.have.members(update.resources.map(({ urn }) => urn));
    for (const { urn, inputs, dependsOn, protect } of update.resources) {
      const other = known.get(urn);
      expect(other?.dependsOn, urn).to.have.members(dependsOn);
      expect(other?.protect, urn).to.equal(protect);
      expectSameWhereKnown(inputs, other?.inputs, urn);
    }
  });

  it("come in an order: nothing depends on itself, however indirectly", async () => {
    const { resources } = await recordedStack("prod");
    const order = new Map(resources.map(({ urn }, index) => [urn, index]));
    for (const { urn, dependsOn, propertyDependencies } of resources)
      for (const dependency of [...dependsOn, ...Object.values(propertyDependencies).flat()])
        expect(order.get(dependency), `${urn} after ${dependency}`).to.be.below(order.get(urn) ?? -1);
  });

  it("have arns of AWS's form, and no other", async () => {
    const arns = (await texts()).flatMap((text) => text.match(/\barn:[^"'\s,\\\]}]*/g) ?? []);
    expect(arns).to.have.length.above(50);
    for (const arn of arns)
      expect(arn).to.match(/^arn:aws:[a-z0-9-]+:([a-z]{2}-[a-z]+-\d)?:(\d{12})?:[^:].*$/);
  });

  it("leave nothing undefined in a text", async () => {
    for (const text of await texts()) expect(text).not.to.match(/undefined|\[object |NaN/);
  });
});

async function texts(): Promise<string[]> {
  const stacks: StackPreview[] = await Promise.all(LISTED_STACKS.map((stack) => recordedStack(stack)));
  return stacks.flatMap(({ resources }) => resources.map(({ inputs }) => JSON.stringify(inputs)));
}

/** What holds an unknown may be anything in the update. */
function expectSameWhereKnown(update: unknown, dry: unknown, where: string): void {
  if (dry === UNKNOWN) return;
  if (typeof update !== "object" || update === null) {
    expect(dry, where).to.equal(update);
    return;
  }
  expect(Object.keys(dry as object), where).to.have.members(Object.keys(update));
  for (const [name, value] of Object.entries(update))
    expectSameWhereKnown(value, (dry as Record<string, unknown>)[name], `${where} ${name}`);
}
