// The catalog over DynamoDB and the topic over SNS. Loaded only where a deployment has one of them: a function without
// starts without their clients.
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Listeners } from "../outcomes/tell.ts";
import { isNamed, toAwsFailure } from "./errors.ts";
import type { Fence } from "./fence.ts";

export interface ListenerNames {
  catalogTable?: string | undefined;
  eventsTopicArn?: string | undefined;
}

/** Short, because the last outcomes are told in the last seconds of an invocation. */
const CONNECTION = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};

/** Nothing is sent to either that does not pass the fence. */
export function createListeners({
  catalogTable,
  eventsTopicArn,
}: ListenerNames): (fence: Fence) => Listeners {
  const dynamodb = catalogTable === undefined ? undefined : new DynamoDBClient(CONNECTION);
  const sns = eventsTopicArn === undefined ? undefined : new SNSClient(CONNECTION);
  return (fence) => ({
    catalog: dynamodb && {
      async put(item) {
        const command = new PutItemCommand({
          TableName: catalogTable,
          Item: marshall(item, { removeUndefinedValues: true }),
          // As late as it may be, an older outcome never replaces a newer one.
          ConditionExpression: "attribute_not_exists(seenAt) OR seenAt <= :seenAt",
          ExpressionAttributeValues: { ":seenAt": { S: item.seenAt } },
        });
        try {
          await dynamodb.send(command, fence);
          return "written";
        } catch (error) {
          if (isNamed(error, "ConditionalCheckFailedException")) return "outdated";
          throw toAwsFailure(error);
        }
      },
    },
    topic: sns && {
      async publish({ body, attributes }) {
        const entries = Object.entries(attributes).map(([name, StringValue]) => [
          name,
          { DataType: "String", StringValue },
        ]);
        const command = new PublishCommand({
          TopicArn: eventsTopicArn,
          Message: body,
          MessageAttributes: Object.fromEntries(entries),
        });
        try {
          await sns.send(command, fence);
        } catch (error) {
          throw toAwsFailure(error);
        }
      },
    },
  });
}
