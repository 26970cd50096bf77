// Queues.
import { each, every, type Resource, type Rule } from "./rule.ts";
import { allowsOnly, isTiedToSource, refusesWithoutTls } from "./statements.ts";

const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy";
const REDRIVE_ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
const MAX_EVENT_BYTES = 65_536;

export const sqsRules: Record<string, Rule> = {
  "queue-encrypted": {
    says: "A queue is encrypted.",
    controls: ["SQS.1"],
    offenders: every(
      QUEUE,
      ({ sqsManagedSseEnabled, kmsMasterKeyId }) => sqsManagedSseEnabled === true || Boolean(kmsMasterKeyId),
    ),
  },
  "queue-tls-only": {
    says: "A queue refuses requests without TLS.",
    controls: [],
    offenders: each(QUEUE, [QUEUE_POLICY, "queueUrl"], ({ policy }) => refusesWithoutTls(policy, /^sqs:\*$/)),
  },
  "queue-senders-known": {
    says: "A service may send to a queue only for one source of this account, and do nothing else.",
    controls: ["SQS.3"],
    offenders: allowsOnly(
      QUEUE_POLICY,
      (statement) => statement.Action === "sqs:SendMessage" && isTiedToSource(statement),
    ),
  },
  "queue-takes-events": {
    says: "A queue takes messages as large as S3's events are: larger ones are lost, not retried.",
    controls: [],
    offenders: every(QUEUE, ({ maxMessageSize = MAX_EVENT_BYTES }) => maxMessageSize >= MAX_EVENT_BYTES),
  },
  "queue-has-dead-letters": {
    says: "A queue has a dead-letter queue, unless it is one.",
    controls: [],
    offenders: (stack) =>
      stack
        .of(QUEUE)
        .filter(
          (queue) =>
            stack.about(queue, REDRIVE, "queueUrl").length === 0 &&
            stack.about(queue, REDRIVE, "redrivePolicy").length === 0,
        ),
  },
  "dead-letters-outlive-work": {
    says: "Dead letters are kept for longer than work: they keep their age when they are moved.",
    controls: [],
    offenders: (stack) =>
      stack
        .of(REDRIVE)
        .filter(
          (redrive) =>
            !(
              retentionOf(stack.behind(redrive, "redrivePolicy")) >
              retentionOf(stack.behind(redrive, "queueUrl"))
            ),
        ),
  },
  "dead-letters-of-known-queues": {
    says: "A dead-letter queue takes the dead letters of named queues only.",
    controls: [],
    offenders: (stack) =>
      [...new Set(stack.of(REDRIVE).flatMap((redrive) => stack.behind(redrive, "redrivePolicy")))].filter(
        (queue) =>
          !stack
            .about(queue, REDRIVE_ALLOW, "queueUrl")
            .some(({ inputs }) => JSON.parse(inputs.redriveAllowPolicy).redrivePermission === "byQueue"),
      ),
  },
};

function retentionOf([queue]: Resource[]): number {
  return Number(queue?.inputs.messageRetentionSeconds);
}
