// Whoever is woken up by an alarm finds its section, and every link into the runbook leads somewhere.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { HIDDEN_SECONDS } from "../../operations/dead-letters/dead-letters.ts";
import { FOLLOW_LIMIT_MS } from "../../operations/dead-letters/redrive-fate.ts";
import {
  DEAD_LETTER_RETENTION_SECONDS,
  laggingAlarmSeconds,
  visibilityTimeoutSeconds,
  workQueueRetentionSeconds,
} from "../../settings/derived.ts";
import { parseSettings } from "../../settings/settings.ts";
import { timeLimit } from "../../worker/batch/time-limit.ts";
import { MAX_KEY_BYTES } from "../../worker/reconcile/keys.ts";
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

  it("says no number that the code does not", async () => {
    const settings = parseSettings({});
    const alarms = (await declareDarkroom({})).of("aws:cloudwatch/metricAlarm:MetricAlarm");
    const thresholdOf = (name: string): number =>
      alarms.find((alarm) => alarm.name === `photos-alarms-${name}`)?.inputs.threshold;
    const workSeconds = workQueueRetentionSeconds(settings);
    const [ofLetters, ofBackfill, ofDuration] = [
      thresholdOf("dead-letters-expiring") / (DEAD_LETTER_RETENTION_SECONDS - workSeconds),
      thresholdOf("backfill-age") / workSeconds,
      thresholdOf("duration") / (1000 * settings.timeoutSeconds),
    ];
    const shortest = laggingAlarmSeconds({ ...settings, timeoutSeconds: 1, batchWindowSeconds: 0 });
    const longest = { ...settings, timeoutSeconds: 900 };
    const thousands = (count: number) => count.toLocaleString("en");

    expect([ofLetters, ofBackfill, ofDuration]).to.deep.equal([0.75, 0.75, 0.8]);
    expect(laggingAlarmSeconds(longest)).to.equal(2 * visibilityTimeoutSeconds(longest));
    expect([timeLimit(30_000, 30_000).milliseconds, HIDDEN_SECONDS, FOLLOW_LIMIT_MS]).to.deep.equal([
      10_000, 60, 600_000,
    ]);
    for (const sentence of [
      `kept for ${DEAD_LETTER_RETENTION_SECONDS / 86_400} days`,
      "Of the time that the oldest letter has at least, three quarters are over.",
      "has waited for three quarters of the time that the queue keeps it",
      "One invocation in a hundred takes more than four fifths of `timeoutSeconds`",
      `wait for more than ${shortest / 60} minutes (or two visibility timeouts)`,
      `More than ${thousands(thresholdOf("work-in-flight"))} messages are in flight`,
      `longer than the ${thousands(MAX_KEY_BYTES)} bytes that S3 takes`,
      "takes more than a third of an invocation",
      "is waited for, up to a minute",
      "when neither is so after ten minutes",
    ]) {
      expect(runbook.replaceAll(/\s+/g, " ")).to.include(sentence);
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
