// All rules by their names, and who breaks them.
import { accessRules } from "./access.ts";
import { cloudfrontRules } from "./cloudfront.ts";
import { cloudwatchRules } from "./cloudwatch.ts";
import { lambdaRules } from "./lambda.ts";
import { outcomeRules } from "./outcomes.ts";
import { type Resource, type Rule, Stack } from "./rule.ts";
import { s3Rules } from "./s3.ts";
import { sqsRules } from "./sqs.ts";

export const RULES: Readonly<Record<string, Rule>> = {
  ...s3Rules,
  ...sqsRules,
  ...accessRules,
  ...lambdaRules,
  ...cloudfrontRules,
  ...cloudwatchRules,
  ...outcomeRules,
};

/** `photos-work: queue-encrypted`, for each resource that breaks a rule. */
export function brokenRules(resources: readonly Resource[]): string[] {
  const stack = new Stack(resources);
  return Object.entries(RULES).flatMap(([name, { offenders }]) =>
    offenders(stack).map((offender) => `${offender.name}: ${name}`),
  );
}
