// The catalog and the topics, where there are any.
import { each, every, type Rule } from "./rule.ts";
import { refusesWithoutTls } from "./statements.ts";

const TABLE = "aws:dynamodb/table:Table";
const TOPIC = "aws:sns/topic:Topic";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const outcomeRules: Record<string, Rule> = {
  "table-recoverable": {
    says: "A table can be set back to any second.",
    controls: ["DynamoDB.2"],
    offenders: every(TABLE, ({ pointInTimeRecovery }) => pointInTimeRecovery?.enabled === true),
  },
  "table-on-demand": {
    says: "A table has no more capacity than is asked for.",
    controls: ["DynamoDB.1"],
    offenders: every(TABLE, ({ billingMode }) => billingMode === "PAY_PER_REQUEST"),
  },
  "topic-encrypted": {
    // CloudWatch cannot publish to a topic under AWS's own key, and alarms name no images.
    says: "A topic is encrypted, unless it is that of alarms.",
    controls: [],
    offenders: (stack) =>
      stack
        .of(TOPIC)
        .filter(
          (topic) => !topic.inputs.kmsMasterKeyId && stack.about(topic, ALARM, "alarmActions").length === 0,
        ),
  },
  "topic-tls-only": {
    says: "A topic refuses what is published without TLS.",
    controls: [],
    offenders: each(TOPIC, ["aws:sns/topicPolicy:TopicPolicy", "arn"], ({ policy }) =>
      refusesWithoutTls(policy, /^sns:(\*|Publish)$/),
    ),
  },
};
