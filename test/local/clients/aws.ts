// `aws`, of either version: a bucket there and back, and a queue.
import { join } from "node:path";
import type { Cloud } from "../../../local/cloud.ts";
import { type Ask, type Client, credentialsOf, expectText, PREFIX } from "./client.ts";

export function awsClient(command: string, cloud: Cloud): Client {
  const { accessKeyId, secretAccessKey } = credentialsOf(cloud);
  const at = ["--endpoint-url", cloud.endpoint];
  const s3 = (...words: string[]) => ["s3", ...words, "--only-show-errors", ...at];
  return {
    command,
    environment: {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: cloud.region,
    },
    create: (bucket) => ["s3", "mb", `s3://${bucket}`, ...at],
    up: (folder, bucket) => s3("sync", folder, `s3://${bucket}/${PREFIX}`),
    back: (bucket, folder) => s3("sync", `s3://${bucket}/${PREFIX}`, folder),
    async also(ask, bucket, folder) {
      const one = `s3://${bucket}/one/100% +ü.txt`;
      await ask(s3("cp", join(folder, "plain.txt"), one));
      await ask(s3("mv", one, `s3://${bucket}/moved/100% +ü.txt`));
      expectText(await ask(["s3", "ls", "--recursive", `s3://${bucket}/moved/`, ...at]), "moved/100% +ü.txt");
      await ask(s3("cp", `s3://${bucket}/${PREFIX}plain.txt`, `s3://${bucket}/copy in parts`)); // 20 MiB
      await ask(s3("rm", "--recursive", `s3://${bucket}/`));
      await ask(["s3", "rb", `s3://${bucket}`, ...at]);
      await queue((words) => ask(["sqs", ...words, ...at]));
    },
  };
}

async function queue(sqs: Ask): Promise<void> {
  const { QueueUrl } = JSON.parse(await sqs(["create-queue", "--queue-name", "work"]));
  const of = (operation: string, ...words: string[]) => sqs([operation, "--queue-url", QueueUrl, ...words]);
  const attribute = ["--message-attributes", "a={DataType=String,StringValue=1}"];
  await of("send-message", "--message-body", "ü & <b>", ...attribute);
  const all = ["--attribute-names", "All", "--message-attribute-names", "All"];
  const [message] = JSON.parse(await of("receive-message", ...all)).Messages;
  expectText(JSON.stringify(message), '"MD5OfMessageAttributes"');
  expectText(message.Body, "ü & <b>");
  await of("delete-message", "--receipt-handle", message.ReceiptHandle);
  const left = await of("get-queue-attributes", "--attribute-names", "All");
  expectText(left, '"ApproximateNumberOfMessages": "0"');
  await of("purge-queue");
  await of("delete-queue");
}
