// The whole function as Lambda runs it, over the wire, with real images: handler.ts itself, the SDK, sharp.
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Context, SQSRecord } from "aws-lambda";
import { expect } from "chai";
import sharp from "sharp";
import sinon from "sinon";
import { createClients } from "../../worker/aws/clients.ts";
import { createObjectStore } from "../../worker/aws/object-store.ts";
import { startTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { s3Record } from "../support/records.ts";
import { useEndpoint } from "../support/wire-server.ts";

const RECIPE = {
  variants: [
    { name: "large", width: 300, formats: ["avif", "webp", "jpeg"] },
    { name: "square", width: 50, height: 50, fit: "cover", formats: ["png"] },
  ],
};
const WORK_QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:work";

describe("handler", () => {
  let cloud: TestCloud;
  let restore: () => void;
  let s3: S3Client;
  let sqs: SQSClient;
  let deadLetterQueueUrl: string;
  let workQueueUrl: string;
  let handler: typeof import("../../worker/handler.ts").handler;

  before(async () => {
    cloud = await startTestCloud();
    restore = useEndpoint(cloud.endpoint, cloud.iam.rootCredentials);
    ({ s3, sqs } = createClients());
    for (const Bucket of ["uploads", "renditions"]) await s3.send(new CreateBucketCommand({ Bucket }));
    const create = async (QueueName: string) =>
      (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
    [workQueueUrl, deadLetterQueueUrl] = [await create("work"), await create("dead")];
    Object.assign(process.env, {
      SOURCE_BUCKET: "uploads",
      DESTINATION_BUCKET: "renditions",
      WORK_QUEUE_URL: workQueueUrl,
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
      MAX_RECEIVE_COUNT: "5",
      DARKROOM_RECIPE: JSON.stringify(RECIPE),
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
    });
    ({ handler } = await import("../../worker/handler.ts"));
  });
  after(async () => {
    restore();
    s3.destroy();
    sqs.destroy();
    await cloud.stop();
  });

  async function upload(Key: string, Body: Uint8Array): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket: "uploads", Key, Body }));
  }

  /** Announces the keys as S3 would, and invokes the function with what SQS hands out. */
  async function announce(...keys: string[]) {
    for (const key of keys) {
      const MessageBody = JSON.stringify({ Records: [s3Record(key)] });
      await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody }));
    }
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: workQueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
    const stdout = sinon.stub(process.stdout, "write").returns(true);
    try {
      const answer = await handler({ Records: Messages.map(toRecord) }, context);
      const lines = stdout.getCalls().map(({ args: [line] }) => JSON.parse(String(line)));
      return { answer, lines };
    } finally {
      stdout.restore();
    }
  }

  async function rendition(Key: string) {
    const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: "renditions", Key }));
    const bytes = await Body?.transformToByteArray();
    return { bytes: Buffer.from(bytes ?? []), contentType: ContentType };
  }

  it("turns an upload into the renditions of the recipe and a manifest that describes them", async () => {
    const photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: "#336699" } })
      .jpeg()
      .toBuffer();
    await upload("photos/my cat.jpg", photo);

    const { answer, lines } = await announce("photos/my cat.jpg");

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect(lines[0]).to.include({
      event: "rendered",
      key: "photos/my cat.jpg",
      renditions: 4,
      bytesIn: photo.length,
    });
    const manifest = JSON.parse((await rendition("photos/my cat.jpg/manifest.json")).bytes.toString());
    expect(manifest.source).to.include({ width: 400, height: 300, format: "jpeg", bytes: photo.length });
    expect(manifest.renditions).to.have.length(4);
    for (const { key, width, height, format, bytes } of manifest.renditions) {
      const stored = await rendition(key);
      const { width: w, height: h, format: f, compression } = await sharp(stored.bytes).metadata();
      expect([w, h, f === "heif" ? compression : f], key).to.deep.equal([
        width,
        height,
        format === "avif" ? "av1" : format,
      ]);
      expect(stored.bytes.length).to.equal(bytes);
      expect(stored.contentType).to.equal(`image/${format}`);
    }
    expect(manifest.srcset.webp).to.equal("photos/my%20cat.jpg/large.webp 300w");
  });

  it("costs nothing the second time", async () => {
    const { lines } = await announce("photos/my cat.jpg");

    expect(lines[0]).to.include({ event: "unchanged", key: "photos/my cat.jpg" });
  });

  it("sends what is no image to the dead-letter queue with its reason, and does the others of the batch", async () => {
    const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await upload("good.png", photo);
    await upload("text.jpg", Buffer.from("this is no image"));

    const { answer } = await announce("good.png", "text.jpg");

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect((await rendition("good.png/square.png")).bytes.length).to.be.above(0);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageAttributeNames: ["All"] }),
    );
    expect(Messages[0]?.MessageAttributes?.ReasonCode?.StringValue).to.equal("UNSUPPORTED_FORMAT");
    expect(Messages[0]?.MessageAttributes?.SourceKey?.StringValue).to.equal("text.jpg");
  });

  it("removes the set of a removed source", async () => {
    const uploads = createObjectStore(s3, "uploads");
    const source = await uploads.head("good.png");
    if (source === "absent") throw new Error(source);
    await uploads.delete("good.png", { ifMatch: source.etag });

    const { lines } = await announce("good.png");

    expect(lines[0]).to.include({ event: "removed", renditions: 4 });
  });
});

function toRecord({ MessageId, ReceiptHandle, Body, Attributes }: Message): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    eventSourceARN: WORK_QUEUE_ARN,
  } as unknown as SQSRecord;
}
