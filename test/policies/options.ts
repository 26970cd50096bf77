// Every option of the settings that changes which resources there are, or what they are allowed.

export const OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  "no backfill lane": { backfill: false },
  "provisioned pollers": { provisionedPollers: { minimum: 2, maximum: 20 } },
  "nothing reserved": { reserveConcurrency: false },
  "not protected": { protect: false },
  "a CDN": { cdn: true },
  "a CDN of one's own name": {
    cdn: true,
    cdnDomain: {
      name: "img.example.org",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/mine",
    },
  },
  "a key of one's own": { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/mine" },
  "a bucket that was there": { source: { bucket: "shop-uploads", prefix: "in/", suffixes: [".jpg"] } },
  filters: { source: { prefix: "in/", suffixes: [".jpg", ".png"] } },
  "access logs": { accessLogs: true },
  "a catalog": { catalog: true },
  events: { events: true },
  traces: { tracing: true },
  "no roles for operators": { operatorRoles: false },
  "alarm addresses": { alarmEmails: ["a@example.org", "b@example.org"] },
  tags: { tags: { team: "photos" } },
  "large batches": { batchSize: 100, batchWindowSeconds: 5, timeoutSeconds: 900 },
};

/** All that go together. */
export const ALL_OPTIONS = Object.assign(
  {},
  ...Object.entries(OPTIONS)
    .filter(([name]) => !["no backfill lane", "nothing reserved", "no roles for operators"].includes(name))
    .map(([, settings]) => settings),
);
