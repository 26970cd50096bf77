// The resource types that become real here. A program may declare others: they are recorded and listed as such, with an id
// and an arn for those that refer to them, and nothing is made of them.
import { dynamodbTypes } from "./dynamodb.ts";
import { iamTypes } from "./iam.ts";
import { lambdaTypes } from "./lambda.ts";
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";
import { s3Types } from "./s3.ts";
import { snsTypes } from "./sns.ts";
import { sqsTypes } from "./sqs.ts";

export const resourceTypes: Readonly<Record<string, Make>> = {
  ...s3Types,
  ...sqsTypes,
  ...snsTypes,
  ...dynamodbTypes,
  ...iamTypes,
  ...lambdaTypes,
  "aws:cloudwatch/eventRule:EventRule": refuseRule,
};

/** Only recorded, it would look as if events came. */
async function refuseRule(): Promise<Made> {
  throw new Error("EventBridge is not on this machine: no event would ever come through a rule.");
}

const MAX_NAME_LENGTH = 64;

/** `aws:cloudwatch/logGroup:LogGroup` becomes `arn:aws:cloudwatch:…:logGroup/<name>`. */
export function record(declared: Declared, { region, accountId }: Target): Made {
  const [, service = "", kind = ""] = /^[^:]+:([^/:]+)\/?([^:]*):/.exec(declared.type) ?? [];
  const { name = physicalName(declared, MAX_NAME_LENGTH) } = declared.inputs;
  const arn = `arn:aws:${service}:${region}:${accountId}:${kind}/${name}`;
  // The top-level domain that never exists: whoever follows the address of something that is not here finds nothing.
  return { id: String(name), outputs: { name, arn, domainName: `${name}.invalid` } };
}
