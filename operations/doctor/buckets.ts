// Are the buckets there, encrypted, and does the source bucket tell the work queue of its changes?
import { GetBucketEncryptionCommand, HeadBucketCommand } from "@aws-sdk/client-s3";
import type { Target } from "../target.ts";
import { type Check, DEPLOY_AGAIN, insist } from "./check.ts";
import type { Facts } from "./facts.ts";

export function bucketChecks(target: Target, facts: Facts): Check[] {
  const { s3, sourceBucket, destinationBucket } = target;
  const buckets = { source: sourceBucket, destination: destinationBucket };
  const perBucket = Object.entries(buckets).flatMap(([role, Bucket]): Check[] => [
    {
      name: `${role} bucket`,
      meaning: "It is there, and you may look into it.",
      mend: DEPLOY_AGAIN,
      async look() {
        await s3.send(new HeadBucketCommand({ Bucket }));
        return Bucket;
      },
    },
    {
      name: `${role} bucket's encryption`,
      meaning: "Objects are encrypted at rest.",
      mend: DEPLOY_AGAIN,
      async look() {
        const answer = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
        const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
        const algorithm = rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
        insist(algorithm !== undefined, "The bucket has no default encryption.");
        return String(algorithm);
      },
    },
  ]);
  return [...perBucket, announcementCheck(facts)];
}

function announcementCheck(facts: Facts): Check {
  return {
    name: "notification",
    meaning: "S3 tells the work queue of new and removed objects; without it, nothing is ever rendered.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { QueueArn = "" } = await facts.queue("work");
      const configured = (await facts.announcements()).filter((each) => each.QueueArn === QueueArn);
      insist(configured.length > 0, "The source bucket announces nothing to the work queue.");
      for (const kind of ["s3:ObjectCreated:", "s3:ObjectRemoved:"]) {
        const isAnnounced = configured.every(({ Events = [] }) =>
          Events.some((event) => event === `${kind}*`),
        );
        insist(isAnnounced, `Not every ${kind}* event is announced.`);
      }
      return configured.length === 1 ? "one rule" : `${configured.length} rules`;
    },
  };
}
