// What the worker relies on a bucket for, proved of S3 over the wire and of the bucket in memory that other tests use.
import { CreateBucketCommand, PutBucketVersioningCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { createClients } from "../../../worker/aws/clients.ts";
import { createMessageQueue } from "../../../worker/aws/message-queue.ts";
import { createObjectStore } from "../../../worker/aws/object-store.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import type { ObjectStore, OpenObject } from "../../../worker/reconcile/store.ts";
import { startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { MemoryStore } from "../../support/memory-store.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";
import { useEndpoint } from "../../support/wire-server.ts";

const NEW = { ifNoneMatch: "*" } as const;
const HTML = { contentType: "image/webp", cacheControl: "public, max-age=300" };
const SIGNED = { ...HTML, metadata: { "darkroom-sha256": "abc" } };

function objectStoreContract(create: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  before(async () => {
    store = await create();
  });
  const write = async (
    key: string,
    body: string,
    condition: Parameters<ObjectStore["put"]>[2]["condition"] = NEW,
  ) => {
    const written = await store.put(key, Buffer.from(body), { ...SIGNED, condition });
    return written === "precondition-failed" ? written : written.etag;
  };

  it("gives back what was put, with its facts", async () => {
    const etag = await write("facts", "content");

    const object = await store.get("facts");
    if (typeof object === "string") throw new Error(object);
    expect(Buffer.from(await object.read()).toString()).to.equal("content");
    for (const found of [object, await store.head("facts")]) {
      expect(found).to.deep.include({ etag, bytes: 7, metadata: { "darkroom-sha256": "abc" } });
    }
  });

  it("gives the same content the same etag, without quotes", async () => {
    expect(await write("same-1", "x")).to.equal("9dd4e461268c8034f5c8564e155c67a6");
    expect(await write("same-2", "x")).to.equal("9dd4e461268c8034f5c8564e155c67a6");
  });

  it("says what is absent", async () => {
    expect([await store.get("nowhere"), await store.head("nowhere")]).to.deep.equal(["absent", "absent"]);
  });

  it("says what is unchanged, without its content", async () => {
    const etag = await write("known", "1");

    expect(await store.get("known", { ifNoneMatch: String(etag) })).to.equal("unchanged");
    expect(await store.get("known", { ifNoneMatch: "another" })).to.be.an("object");
  });

  it("puts something new only where nothing is", async () => {
    await write("taken", "1");

    expect(await write("taken", "2")).to.equal("precondition-failed");
  });

  it("replaces only what is expected", async () => {
    const first = String(await write("replaced", "1"));
    const second = await write("replaced", "2", { ifMatch: first });

    expect(second).to.be.a("string").that.does.not.equal(first);
    expect(await write("replaced", "3", { ifMatch: first })).to.equal("precondition-failed");
    expect(await write("never-was", "1", { ifMatch: first })).to.equal("precondition-failed");
  });

  it("deletes only what is expected, and what is not there at no cost", async () => {
    const etag = String(await write("deleted", "1"));

    expect(await store.delete("deleted", { ifMatch: "another" })).to.equal("precondition-failed");
    expect(await store.delete("deleted", { ifMatch: etag })).to.equal("deleted");
    expect(await store.head("deleted")).to.equal("absent");
    expect(await store.delete("deleted", { ifMatch: etag })).to.equal("deleted");
  });

  it("lists a folder, and its sub-folders by name", async () => {
    const etag = await write("cat.jpg/a.webp", "a");
    await write("cat.jpg/inner/b.webp", "b");
    await write("cat.jpg2/c.webp", "c");

    expect([...(await store.list("cat.jpg/"))]).to.deep.equal([
      ["cat.jpg/a.webp", etag],
      ["cat.jpg/inner/", ""],
    ]);
    expect((await store.list("nowhere/")).size).to.equal(0);
  });

  it("takes any key for what it is", async () => {
    const keys = ["a b+c%20.jpg", "../up", "ä/日本.jpg", "quote'\"&<>.jpg"];
    for (const key of keys) await write(`odd/${key}`, key);

    for (const key of keys) expect(await store.head(`odd/${key}`), key).to.be.an("object");
    expect((await store.list("odd/")).size).to.equal(keys.length);
  });
}

describe("an ObjectStore", () => {
  describe("in memory", () => objectStoreContract(async () => new MemoryStore()));

  describe("over the wire", () => {
    let cloud: TestCloud;
    let s3: S3Client;
    let restore: () => void;

    before(async () => {
      cloud = await startTestCloud();
      restore = useEndpoint(cloud.endpoint, cloud.iam.rootCredentials);
      s3 = createClients().s3;
      for (const Bucket of ["uploads", "versioned-uploads", "renditions"]) {
        await s3.send(new CreateBucketCommand({ Bucket }));
      }
      await s3.send(
        new PutBucketVersioningCommand({
          Bucket: "versioned-uploads",
          VersioningConfiguration: { Status: "Enabled" },
        }),
      );
    });
    after(async () => {
      restore();
      s3.destroy();
      await cloud.stop();
    });

    objectStoreContract(async () => createObjectStore(s3, "renditions"));

    for (const isVersioned of [false, true]) {
      for (const immutable of [false, true]) {
        const what = `${isVersioned ? "a versioned" : "an unversioned"} source${immutable ? ", immutably" : ""}`;
        it(`carries the whole life of ${what}`, async () => {
          const bucket = isVersioned ? "versioned-uploads" : "uploads";
          const source = createObjectStore(s3, bucket);
          const destination = createObjectStore(s3, "renditions");
          const world = { ...aWorld({ recipe: aRecipe({ immutable }) }), source, destination };
          const job = { key: `${immutable}/a b+c.jpg`, careful: false };
          const upload = await source.put(job.key, Buffer.from("v1"), { ...HTML, condition: NEW });
          if (upload === "precondition-failed") throw new Error(upload);

          expect((await reconcile(job, world)).event).to.equal("rendered");
          expect((await reconcile(job, world)).event).to.equal("unchanged");
          expect((await reconcile({ ...job, careful: true }, world)).event).to.equal("unchanged");
          const manifest = await destination.get(`${job.key}/manifest.json`);
          const { source: origin } = JSON.parse(
            Buffer.from(await (manifest as OpenObject).read()).toString(),
          );
          expect(typeof origin.versionId).to.equal(isVersioned ? "string" : "undefined");
          await source.delete(job.key, { ifMatch: upload.etag });
          expect(await reconcile(job, world)).to.deep.equal({ event: "removed", renditions: 3 });
          expect((await destination.list(`${job.key}/`)).size).to.equal(0);
        });
      }
    }

    it("has no bucket by mistake", async () => {
      const error = await rejection(createObjectStore(s3, "no-such-bucket").get("cat.jpg"));

      expect(error).to.have.property("code", "STORE_UNAVAILABLE");
    });
  });
});

describe("createMessageQueue", () => {
  let cloud: TestCloud;
  let sqs: SQSClient;
  let restore: () => void;
  let workQueueUrl: string;
  let deadLetterQueueUrl: string;

  before(async () => {
    cloud = await startTestCloud();
    restore = useEndpoint(cloud.endpoint, cloud.iam.rootCredentials);
    sqs = createClients().sqs;
    const create = async (QueueName: string) =>
      (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
    [workQueueUrl, deadLetterQueueUrl] = [await create("work"), await create("dead")];
  });
  after(async () => {
    restore();
    sqs.destroy();
    await cloud.stop();
  });

  async function receive(QueueUrl: string): Promise<Message | undefined> {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"], WaitTimeSeconds: 0 }),
    );
    return Messages?.[0];
  }

  it("copies a message with its reason", async () => {
    const queue = createMessageQueue(sqs, workQueueUrl, deadLetterQueueUrl);

    await queue.sendToDeadLetters("the body", { ReasonCode: "CORRUPT", SourceKey: "ä b.jpg" });

    const copy = await receive(deadLetterQueueUrl);
    expect(copy?.Body).to.equal("the body");
    expect(copy?.MessageAttributes?.ReasonCode).to.include({ DataType: "String", StringValue: "CORRUPT" });
    expect(copy?.MessageAttributes?.SourceKey?.StringValue).to.equal("ä b.jpg");
  });

  it("makes a message visible again at once", async () => {
    const queue = createMessageQueue(sqs, workQueueUrl, deadLetterQueueUrl);
    await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody: "again" }));
    const first = await receive(workQueueUrl);
    expect(await receive(workQueueUrl)).to.equal(undefined);
    const queueArn = `arn:aws:sqs:${cloud.region}:${cloud.accountId}:work`;

    await queue.delayNextReceive({ queueArn, receiptHandle: first?.ReceiptHandle ?? "" }, 0);

    expect((await receive(workQueueUrl))?.Body).to.equal("again");
  });

  it("deletes a message, and what is deleted already", async () => {
    const queue = createMessageQueue(sqs, workQueueUrl, deadLetterQueueUrl);
    const queueArn = `arn:aws:sqs:${cloud.region}:${cloud.accountId}:work`;
    await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody: "done" }));
    const receiptHandle = (await receive(workQueueUrl))?.ReceiptHandle ?? "";

    await queue.delete({ queueArn, receiptHandle });
    await queue.delete({ queueArn, receiptHandle }); // Lambda does, after the worker

    await rejection(queue.delayNextReceive({ queueArn, receiptHandle }, 0)); // there is nothing to make visible
  });

  it("rejects when a queue is not there", async () => {
    const queue = createMessageQueue(sqs, workQueueUrl, `${deadLetterQueueUrl}-gone`);

    expect(await rejection(queue.sendToDeadLetters("body", { ReasonCode: "CORRUPT" }))).to.be.an("error");
  });
});
