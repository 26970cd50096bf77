// What a setting changes, and what it leaves alone: two declarations compared, resource by resource.
import { inspect } from "node:util";
import { expect } from "chai";
import { SettingsSchema } from "../../settings/schema.ts";
import type { MockedRun } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

type Settings = Record<string, unknown>;

/** `~` is changed, `+` new, `-` gone; `Queue photos-work`. */
function changesOf(before: MockedRun, after: MockedRun): string[] {
  const facts = ({ resources }: MockedRun) =>
    new Map(
      resources
        .filter(({ type }) => type.startsWith("aws:"))
        .map(({ type, name, inputs, protect }) => [
          `${type.split(":").at(-1)} ${name}`,
          JSON.stringify([inputs, protect]),
        ]),
    );
  const [old, now] = [facts(before), facts(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  return names.flatMap((name) => {
    if (!old.has(name)) return `+ ${name}`;
    if (!now.has(name)) return `- ${name}`;
    return old.get(name) === now.get(name) ? [] : `~ ${name}`;
  });
}

const LANES = ["~ Queue photos-backfill", "~ Queue photos-work"];
const MAPPINGS = ["~ EventSourceMapping photos-worker", "~ EventSourceMapping photos-worker-backfill"];
const WORKER = "~ Function photos-worker";

const CDN = [
  ...["+ CachePolicy photos-cdn", "+ Distribution photos-cdn", "+ OriginAccessControl photos-cdn"],
  ...["+ ResponseHeadersPolicy photos-cdn", "~ BucketPolicy photos-destination"],
];
const CDN_DOMAIN = {
  name: "img.example.org",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/mine",
};

const TABLE: [Settings, string[]][] = [
  [{ variants: [{ name: "tiny", width: 8 }] }, [WORKER]],
  [{ presets: [{ match: "a/**", variants: "avatar" }] }, [WORKER]],
  [{ limits: { maxPixels: 1_000_000 } }, [WORKER]],
  [{ metadata: "copyright" }, [WORKER]],
  [{ neverLarger: false }, [WORKER]],
  [{ gamut: "p3" }, [WORKER]],
  [
    { backfill: false },
    [
      ...["- Queue photos-backfill", "- QueuePolicy photos-backfill", "- RedrivePolicy photos-backfill"],
      ...["- EventSourceMapping photos-worker-backfill", "~ RedriveAllowPolicy photos-dead-letters", WORKER],
      ...["- MetricAlarm photos-alarms-backfill-age", "- MetricAlarm photos-alarms-backfill-in-flight"],
      ...["~ Dashboard photos", "~ RolePolicy photos-worker"],
      ...["~ RolePolicy photos-operator-read", "~ RolePolicy photos-operator-redrive"],
    ],
  ],
  [
    { accessLogs: true },
    [
      ...["+ BucketLogging photos-access-logs-destination", "+ BucketLogging photos-access-logs-source"],
      ...["", "LifecycleConfiguration", "OwnershipControls", "Policy", "PublicAccessBlock"].map(
        (of) => `+ Bucket${of} photos-access-logs`,
      ),
      "+ BucketServerSideEncryptionConfiguration photos-access-logs",
    ],
  ],
  [
    { catalog: true },
    [
      ...["+ Table photos-catalog", "~ Dashboard photos", WORKER, "~ RolePolicy photos-worker"],
      ...["~ RolePolicy photos-operator-read", "~ RolePolicy photos-operator-redrive"],
    ],
  ],
  [
    { events: true },
    [
      ...["+ Topic photos-events", "+ TopicPolicy photos-events"],
      ...["~ Dashboard photos", WORKER, "~ RolePolicy photos-worker"],
    ],
  ],
  [{ removeWithSource: false }, [WORKER]],
  [{ immutable: true }, [WORKER]],
  [{ source: { suffixes: [".jpg"] } }, ["~ BucketNotification photos"]],
  [{ source: { prefix: "in/" } }, ["~ BucketNotification photos", "~ RolePolicy photos-operator-redrive"]],
  [{ memoryMiB: 2048 }, [WORKER]],
  [{ timeoutSeconds: 61 }, [WORKER, "~ Dashboard photos", "~ MetricAlarm photos-alarms-duration", ...LANES]],
  [{ architecture: "x86_64" }, [WORKER]],
  [{ batchSize: 5 }, MAPPINGS],
  [{ batchWindowSeconds: 1 }, [...MAPPINGS, ...LANES]],
  [{ maximumConcurrency: 20 }, [MAPPINGS[0] ?? "", WORKER]],
  [{ provisionedPollers: { minimum: 2, maximum: 5 } }, [MAPPINGS[0] ?? ""]],
  [{ reserveConcurrency: false }, [WORKER]],
  [{ backfillConcurrency: 6 }, [MAPPINGS[1] ?? "", WORKER]],
  [{ maxReceiveCount: 6 }, [WORKER, "~ RedrivePolicy photos-backfill", "~ RedrivePolicy photos-work"]],
  [
    { sourceRetentionDays: 5 },
    [
      "~ MetricAlarm photos-alarms-backfill-age",
      "~ MetricAlarm photos-alarms-dead-letters-expiring",
      ...LANES,
    ],
  ],
  [{ logRetentionDays: 60 }, ["~ LogGroup photos-worker"]],
  [{ alarmEmails: ["a@example.org"] }, ["+ TopicSubscription photos-alarms-a@example.org"]],
  [{ tracing: true }, [WORKER, "~ RolePolicy photos-worker"]],
  [
    { operatorRoles: false },
    [
      "- Role photos-operator-read",
      "- Role photos-operator-redrive",
      "- RolePolicy photos-operator-read",
      "- RolePolicy photos-operator-redrive",
    ],
  ],
  [{ cdn: true }, CDN],
  [{ cdn: true, cdnDomain: CDN_DOMAIN }, CDN],
  [{ cdnPriceClass: "PriceClass_All" }, []],
  [{ protect: false }, ["~ Bucket photos-destination", "~ Bucket photos-source"]],
];

describe("Changing a setting", () => {
  let unchanged: MockedRun;

  before(async () => {
    unchanged = await declareDarkroom();
  });

  it("not at all changes nothing", async () => {
    expect(changesOf(unchanged, await declareDarkroom())).to.deep.equal([]);
  });

  for (const [settings, changed] of TABLE) {
    it(`to ${inspect(settings, { breakLength: Number.POSITIVE_INFINITY })} changes ${changed.join(", ") || "nothing"}`, async () => {
      expect(changesOf(unchanged, await declareDarkroom(settings))).to.have.members(changed);
    });
  }

  it("is told here of every setting there is", () => {
    const told = TABLE.flatMap(([settings]) => Object.keys(settings));
    expect([...new Set(told), "tags", "kmsKeyArn"]).to.have.members(Object.keys(SettingsSchema.entries));
  });

  it("of tags changes only what has tags", async () => {
    const changes = changesOf(unchanged, await declareDarkroom({ tags: { team: "photos" } }));
    expect(changes.every((change) => change.startsWith("~ "))).to.equal(true);
    expect(changes.filter((change) => /Policy|Notification|Dashboard|Alias/.test(change))).to.deep.equal([]);
  });

  it("of kmsKeyArn changes how things are encrypted, and who may decrypt them", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/mine";
    const changes = changesOf(unchanged, await declareDarkroom({ kmsKeyArn }));
    const types = new Set(changes.map((change) => change.split(" ").slice(0, 2).join(" ")));
    expect([...types]).to.have.members([
      "~ BucketServerSideEncryptionConfiguration",
      "~ Queue",
      "~ RolePolicy",
    ]);
  });
});
