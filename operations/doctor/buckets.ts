// Are the buckets there, closed, and encrypted, and does the source bucket, and it alone, tell the work queue of its changes?
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
} from "@aws-sdk/client-s3";
import type { Target } from "../target.ts";
import { type Check, DEPLOY_AGAIN, insist } from "./check.ts";
import type { BucketName, Facts } from "./facts.ts";
import { letsEventBridgeSend, refusesPlainHttp } from "./policy.ts";

export function bucketChecks(target: Target, facts: Facts): Check[] {
  const roles = ["source", "destination"] as const;
  return [
    ...roles.flatMap((role) => checksOf(role, target)),
    announcementCheck(facts),
    loopCheck(target, facts),
  ];
}

function checksOf(role: BucketName, target: Target): Check[] {
  const Bucket = role === "source" ? target.sourceBucket : target.destinationBucket;
  return [
    {
      name: `${role} bucket`,
      meaning: "It is there, and you may look into it.",
      mend: DEPLOY_AGAIN,
      async look() {
        await target.s3.send(new HeadBucketCommand({ Bucket }));
        return Bucket;
      },
    },
    encryptionCheck(role, Bucket, target),
    publicAccessCheck(role, Bucket, target),
    {
      name: `${role} bucket over TLS`,
      meaning: "Images never travel in the clear, whoever reads or writes them.",
      mend: DEPLOY_AGAIN,
      async look() {
        const { Policy } = await target.s3.send(new GetBucketPolicyCommand({ Bucket }));
        insist(refusesPlainHttp(Policy), "Its policy does not refuse requests without TLS.");
        return "only";
      },
    },
    leftoverCheck(role, Bucket, target),
  ];
}

function encryptionCheck(role: BucketName, Bucket: string, { s3 }: Target): Check {
  return {
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
  };
}

function publicAccessCheck(role: BucketName, Bucket: string, { s3 }: Target): Check {
  return {
    name: `${role} bucket's public access block`,
    meaning: "No policy and no list of access rights can open it to everybody by mistake.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { PublicAccessBlockConfiguration: block = {} } = await s3.send(
        new GetPublicAccessBlockCommand({ Bucket }),
      );
      const switches = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
      const off = switches.filter((name) => block[name as keyof typeof block] !== true);
      insist(off.length === 0, `${off.join(", ")} ${off.length === 1 ? "is" : "are"} off.`);
      return "all four on";
    },
  };
}

function leftoverCheck(role: BucketName, Bucket: string, { s3 }: Target): Check {
  return {
    name: `${role} bucket's leftovers`,
    meaning: "Parts of uploads that were broken off go by themselves: nobody sees them, and everybody pays.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      const days = Rules.flatMap(({ Status, AbortIncompleteMultipartUpload: abort }) =>
        Status === "Enabled" ? (abort?.DaysAfterInitiation ?? []) : [],
      );
      insist(days.length > 0, "No rule aborts incomplete uploads.");
      return `gone after ${Math.min(...days)} ${Math.min(...days) === 1 ? "day" : "days"}`;
    },
  };
}

function announcementCheck(facts: Facts): Check {
  return {
    name: "notification",
    meaning: "S3 tells the work queue of new and removed objects; without it, nothing is ever rendered.",
    mend: DEPLOY_AGAIN,
    async look() {
      const { QueueArn = "", Policy } = await facts.queue("work");
      if (letsEventBridgeSend(Policy)) {
        insist(await facts.tellsEventBridge(), "The source bucket does not tell EventBridge of its events.");
        return "through EventBridge";
      }
      const configured = (await facts.announcements("source")).filter((each) => each.QueueArn === QueueArn);
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

function loopCheck({ destinationBucket }: Target, facts: Facts): Check {
  return {
    name: "no loop",
    meaning: "The destination bucket announces nothing to the lanes: else renditions are rendered, for ever.",
    mend: `aws s3api put-bucket-notification-configuration --notification-configuration {} \\
    --bucket ${destinationBucket}`,
    async look() {
      const lanes = await Promise.all(facts.lanes.map((lane) => facts.queue(lane)));
      const arns = lanes.map(({ QueueArn }) => QueueArn);
      const looping = (await facts.announcements("destination")).filter(({ QueueArn }) =>
        arns.includes(QueueArn),
      );
      insist(looping.length === 0, `It announces its objects to ${looping[0]?.QueueArn}.`);
      return "none";
    },
  };
}
