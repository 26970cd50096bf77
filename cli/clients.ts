// The AWS clients of a target. Each takes tens of milliseconds to load, so those that few commands ask are loaded when they do.
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Clients } from "../operations/outputs.ts";

interface Connection {
  region: string;
  /** The AWS SDK's usual places tell it, when absent. */
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

interface Destroyable {
  destroy(): void;
}

export function createClients(
  connection: Connection,
  { forcePathStyle }: { forcePathStyle: boolean },
): Clients & Destroyable {
  const made: Destroyable[] = [];
  const keep = <Client extends Destroyable>(client: Client): Client => {
    made.push(client);
    return client;
  };
  return {
    s3: keep(new S3Client({ ...connection, forcePathStyle })),
    sqs: keep(new SQSClient(connection)),
    lambda: keep(new LambdaClient(connection)),
    dynamodb: once(async () => {
      const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
      return keep(new DynamoDBClient(connection));
    }),
    sns: once(async () => {
      const { SNSClient } = await import("@aws-sdk/client-sns");
      return keep(new SNSClient(connection));
    }),
    cloudwatch: once(async () => {
      const { CloudWatchClient } = await import("@aws-sdk/client-cloudwatch");
      return keep(new CloudWatchClient(connection));
    }),
    destroy() {
      for (const client of made) client.destroy();
    },
  };
}

function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loading: Promise<Value> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
