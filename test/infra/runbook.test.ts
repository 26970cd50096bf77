// Whoever is woken up by an alarm finds its section, and every link into the runbook leads somewhere.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../support/a-pipeline.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const read = (name: string) => readFileSync(join(PROJECT_DIRECTORY, name), "utf8");
const runbook = read("docs/runbook.md");
const anchors = [...runbook.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
  title.toLowerCase().replaceAll(" ", "-"),
);

describe("the runbook", () => {
  it("has a section for each alarm, and for no other", async () => {
    const run = await declareDarkroom({});
    const alarms = run.of("aws:cloudwatch/metricAlarm:MetricAlarm");
    const names = alarms.map(({ name }) => name.replace("photos-alarms-", ""));
    const sections = (runbook.split("## The alarms\n")[1]?.split(/^## /m)[0] ?? "").split(/^### /m).slice(1);

    expect(names).to.not.be.empty;
    expect(sections.map((section) => section.split("\n")[0])).to.have.members(names);
    for (const section of sections)
      expect(section).to.match(/\*\*Means\*\*[\s\S]*\*\*Check\*\*[\s\S]*\*\*Do\*\*/);
  });

  it("has the section that each alarm's description links to", async () => {
    const alarms = (await declareDarkroom({})).of("aws:cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms).to.not.be.empty;
    for (const { name, inputs } of alarms) {
      const [, anchor] = /docs\/runbook\.md#([-\w]+)\.$/.exec(inputs.alarmDescription) ?? [];
      expect(anchor).to.equal(name.replace("photos-alarms-", "")).and.be.oneOf(anchors);
    }
  });

  it("has every anchor that something links to", () => {
    const own = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    const files = globSync(["{cli,operations,infra,settings}/**/*.ts", "docs/*.md", "*.md"], {
      cwd: PROJECT_DIRECTORY,
    });
    const others = files.flatMap((file) =>
      [...read(file).matchAll(/runbook\.md#([-\w]+)/g)].map(([, anchor]) => anchor),
    );

    expect(own).to.not.be.empty;
    for (const anchor of [...own, ...others]) expect(anchors).to.include(anchor);
  });
});
