// What Lambda checks before it accepts an event source mapping, in its own words.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Iam } from "../iam/iam.ts";
import type { Principal } from "../iam/principal.ts";
import { ServiceError } from "../protocol/model.ts";
import type { MappingConfiguration } from "./event-source-mapping.ts";

const NEEDED_ACTIONS = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

export function checkBatching({ batchSize, batchWindowSeconds }: MappingConfiguration): void {
  if (batchSize > 10 && batchWindowSeconds < 1) {
    throw invalid(
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
    );
  }
}

export function checkRole(iam: Iam, principal: Principal, queueArn: string): void {
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
export async function checkVisibility(
  sqs: SQSClient,
  queueUrl: string,
  timeoutSeconds: number,
): Promise<void> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: ["VisibilityTimeout"],
  });
  const { Attributes } = await sqs.send(command);
  const visibilitySeconds = Number(Attributes?.VisibilityTimeout);
  if (visibilitySeconds >= timeoutSeconds) return;
  throw invalid(
    `Queue visibility timeout: ${visibilitySeconds} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
  );
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterValueException", message, { status: 400 });
}
