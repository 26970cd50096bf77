import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Darkroom } from "../../infra/darkroom.ts";
import type { Resource } from "../../policies/rule.ts";
import { brokenRules, RULES } from "../../policies/rules.ts";
import { declareDarkroom } from "../infra/a-darkroom.ts";
import { runMocked } from "../support/mocked-program.ts";
import { recordedStack } from "../support/recorded-stacks.ts";
import { OFFENCES } from "./offences.ts";
import { ALL_OPTIONS, OPTIONS } from "./options.ts";

const CODE = new pulumi.asset.FileArchive("an/artifact");

describe("The rules for every stack", () => {
  describe("hold", () => {
    for (const stack of ["dev", "prod"] as const) {
      it(`for ${stack}`, async function () {
        this.timeout(60_000);
        expect(brokenRules((await recordedStack(stack)).resources)).to.deep.equal([]);
      });
    }

    for (const [name, settings] of Object.entries({ ...OPTIONS, "all together": ALL_OPTIONS })) {
      it(`with ${name}`, async () => {
        const { resources } = await declareDarkroom(settings);
        expect(resources).to.have.length.above(20);
        expect(brokenRules(resources)).to.deep.equal([]);
      });
    }
  });

  it("hold for each of two Darkrooms in one stack", async () => {
    const { resources } = await runMocked(() => {
      new Darkroom("slow", { code: CODE, settings: { timeoutSeconds: 900, maximumConcurrency: 2 } });
      new Darkroom("quick", { code: CODE, settings: { timeoutSeconds: 10, maximumConcurrency: 200 } });
    });
    expect(brokenRules(resources)).to.deep.equal([]);
  });

  describe("notice", () => {
    let right: Resource[];

    before(async () => {
      right = (await declareDarkroom({ cdn: true, accessLogs: true, catalog: true, events: true })).resources;
    });

    for (const [rule, offences] of Object.entries(OFFENCES)) {
      for (const [type, { says, commit }, nameEnd = ""] of offences) {
        it(`${rule}: ${type.split(":").at(-1)} ${says}`, () => {
          const resources = right.map(copyOf);
          const offender = resources.find(
            (resource) => resource.type === type && resource.name.endsWith(nameEnd),
          );
          if (!offender) throw new Error(`Expected a ${type} among the resources, but received none.`);
          const more = commit(offender) ?? [];
          const broken = brokenRules([...resources, ...more]);
          expect(broken.some((each) => each.endsWith(`: ${rule}`))).to.equal(true);
          expect(brokenRules(right)).to.deep.equal([]);
        });
      }
    }

    it("each of them something", () => {
      expect(Object.keys(OFFENCES)).to.have.members(Object.keys(RULES));
    });
  });
});

/** As deep as offences go: an archive within cannot be cloned. */
function copyOf(resource: Resource): Resource {
  const { inputs, propertyDependencies } = resource;
  return { ...resource, inputs: { ...inputs }, propertyDependencies: { ...propertyDependencies } };
}
