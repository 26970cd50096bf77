// A queue that hears of a pipeline's outcomes, as anybody would subscribe one: docs/deploy.md.

import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { TestPipeline } from "./a-pipeline.ts";
import { drain } from "./dead-letters.ts";

export interface Listener {
  /** Takes what has arrived: bodies. */
  take(): Promise<Record<string, unknown>[]>;
}

/** `filter`: by attributes, as a filter policy. */
export async function listenTo(
  { sqs, endpoint, outputs }: TestPipeline,
  name: string,
  filter: object = {},
): Promise<Listener> {
  const topicArn = String(outputs.eventsTopicArn);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const sns = new SNSClient({ endpoint, region: String(outputs.region), credentials });
  const queueArn = topicArn.replace(":sns:", ":sqs:").replace(/[^:]+$/, name);
  const statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { QueueUrl = "" } = await sqs.send(
    new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      Attributes: {
        RawMessageDelivery: "true",
        ...(Object.keys(filter).length > 0 && { FilterPolicy: JSON.stringify(filter) }),
      },
    }),
  );
  sns.destroy();
  return { take: async () => (await drain(sqs, QueueUrl)).map(({ Body = "" }) => JSON.parse(Body)) };
}
