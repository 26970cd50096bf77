// Logs and alarms.
import { every, type Rule } from "./rule.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const cloudwatchRules: Record<string, Rule> = {
  "log-group-forgets": {
    says: "A log group forgets.",
    controls: [],
    offenders: every("aws:cloudwatch/logGroup:LogGroup", ({ retentionInDays }) => retentionInDays > 0),
  },
  "alarm-tells-somebody": {
    says: "An alarm tells a topic when it begins and when it ends.",
    controls: ["CloudWatch.15"],
    offenders: every(
      ALARM,
      ({ alarmActions, okActions }) => alarmActions?.length > 0 && okActions?.length > 0,
    ),
  },
  "alarm-bears-silence": {
    says: "An alarm takes missing data for good: resting queues and functions send none.",
    controls: [],
    offenders: every(ALARM, ({ treatMissingData }) => treatMissingData === "notBreaching"),
  },
};
