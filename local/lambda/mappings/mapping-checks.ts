// What Lambda checks before it accepts an event source mapping, in its own words.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";
import type { Iam } from "../../iam/iam.ts";
import type { Principal } from "../../iam/principal.ts";
import { checkConstraints, inRange } from "../../protocol/constraints.ts";
import type { Functions } from "../functions.ts";
import { conflict, invalid } from "../refusals.ts";
import type { MappingConfiguration } from "./event-source-mapping.ts";

const NEEDED_ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
const MAX_BATCH_SIZE = 10_000;
const MAX_WINDOW_SECONDS = 300;
const MAXIMUM_CONCURRENCY = { least: 2, most: 1000 };
const POLLERS = { least: 2, mostMinimum: 200, most: 10_000 };

interface Surroundings {
  iam: Iam;
  functions: Functions;
  /** Whatever is there already. */
  mappings: readonly MappingConfiguration[];
  queueUrlOf(arn: string): string;
}

/** Rejects with what AWS would refuse. */
export async function checkMapping(
  configuration: MappingConfiguration,
  { iam, functions, mappings, queueUrlOf }: Surroundings,
): Promise<void> {
  const { functionArn, eventSourceArn } = configuration;
  checkRanges(configuration);
  const target = functions.lookup(functionArn);
  if (!target) throw invalid("Function does not exist");
  checkConflict(configuration, mappings);
  const principal = iam.lookup(target.credentials().accessKeyId)?.principal;
  if (principal) checkRole(iam, principal, eventSourceArn);
  const { timeoutSeconds } = target.pool.configuration();
  await checkVisibility(target.sqs(), queueUrlOf(eventSourceArn), timeoutSeconds);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
function checkRanges(configuration: MappingConfiguration): void {
  const { batchSize, batchWindowSeconds, maximumConcurrency, provisionedPollers: pollers } = configuration;
  const { least, most, mostMinimum } = POLLERS;
  const concurrency = MAXIMUM_CONCURRENCY;
  checkConstraints([
    ...inRange("BatchSize", batchSize, 1, MAX_BATCH_SIZE),
    ...inRange("MaximumBatchingWindowInSeconds", batchWindowSeconds, 0, MAX_WINDOW_SECONDS),
    ...inRange("ScalingConfig.maximumConcurrency", maximumConcurrency, concurrency.least, concurrency.most),
    ...inRange("ProvisionedPollerConfig.minimumPollers", pollers?.minimum, least, mostMinimum),
    ...inRange("ProvisionedPollerConfig.maximumPollers", pollers?.maximum, least, most),
  ]);
  if (maximumConcurrency !== undefined && pollers)
    throw invalid("Expected one of ScalingConfig and ProvisionedPollerConfig, but received both.");
  if (batchSize > 10 && batchWindowSeconds < 1) {
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
}

/** One queue feeds one function once. */
export function checkConflict(
  { id, functionArn, eventSourceArn }: MappingConfiguration,
  mappings: readonly MappingConfiguration[],
): void {
  const other = mappings.find(
    (each) => each.id !== id && each.functionArn === functionArn && each.eventSourceArn === eventSourceArn,
  );
  if (!other) return;
  const name = functionArn.split(":").slice(6).join(":");
  const which = `SQS arn (" ${eventSourceArn} ") and function (" ${name} ")`;
  const advice = `Please update or delete the existing mapping with UUID ${other.id}`;
  throw conflict(`An event source mapping with ${which} already exists. ${advice}`);
}

function checkRole(iam: Iam, principal: Principal, queueArn: string): void {
  for (const action of NEEDED_ACTIONS) {
    try {
      iam.authorize({
        principal,
        action: `sqs:${action}`,
        resource: queueArn,
        context: { "aws:SecureTransport": "true" },
      });
    } catch {
      throw invalid(`The function execution role does not have permissions to call ${action} on SQS`);
    }
  }
}

/** Otherwise a message would be received again while the function is still at work on it. */
async function checkVisibility(sqs: SQSClient, queueUrl: string, timeoutSeconds: number): Promise<void> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: ["VisibilityTimeout"],
  });
  const { Attributes } = await sqs.send(command).catch((error: unknown) => {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    const code = "AWS.SimpleQueueService.NonExistentQueue";
    const why = `SQS Error Code: ${code}. SQS Error Message: The specified queue does not exist.`;
    throw invalid(`Error occurred while ReceiveMessage. ${why}`);
  });
  const visibilitySeconds = Number(Attributes?.VisibilityTimeout);
  if (visibilitySeconds >= timeoutSeconds) return;
  throw invalid(
    `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
  );
}
