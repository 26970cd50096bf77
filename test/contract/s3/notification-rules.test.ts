import type { Event } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { type TestQueue, useQueue, useQueues } from "../sqs/a-queue.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { configure, nextRecord, policyFor, take } from "./announced.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
describe("contract: which events are sent", () => {
  const bucket = useBucket(target);
  const queue = useQueue(target);
  before(() => queue.set({ Policy: policyFor(queue.arn, bucket.name) }));

  async function listen(Events: string[], rules: Record<string, string> = {}) {
    const FilterRules = Object.entries(rules).map(([Name, Value]) => ({ Name: Name as "prefix", Value }));
    await configure(target, bucket.name, {
      QueueConfigurations: [
        {
          QueueArn: queue.arn,
          Events: Events as Event[],
          ...(FilterRules.length > 0 && { Filter: { Key: { FilterRules } } }),
        },
      ],
    });
    await take(target, queue); // The test event.
  }

  /** What comes of putting, copying and deleting these, in the order done. */
  async function heard(expected: number): Promise<string[]> {
    const records = [];
    for (let index = 0; index < expected; index += 1) records.push(await nextRecord(target, queue));
    expect(await queue.peek(), "nothing more").to.deep.equal([]);
    return records.map(({ eventName, s3 }) => `${eventName} ${s3.object.key}`).sort();
  }

  it("all creations, with a wildcard", async () => {
    await listen(["s3:ObjectCreated:*"]);
    await bucket.put("a");
    await target.s3.copyObject({ Bucket: bucket.name, Key: "b", CopySource: `${bucket.name}/a` });
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "a" });
    expect(await heard(2)).to.deep.equal(["ObjectCreated:Copy b", "ObjectCreated:Put a"]);
  });

  it("one kind of creation only", async () => {
    await listen(["s3:ObjectCreated:Copy"]);
    await bucket.put("a");
    await target.s3.copyObject({ Bucket: bucket.name, Key: "b", CopySource: `${bucket.name}/a` });
    expect(await heard(1)).to.deep.equal(["ObjectCreated:Copy b"]);
  });

  it("removals only", async () => {
    await listen(["s3:ObjectRemoved:*"]);
    await bucket.put("a");
    await target.s3.deleteObject({ Bucket: bucket.name, Key: "a" });
    expect(await heard(1)).to.deep.equal(["ObjectRemoved:Delete a"]);
  });

  it("of keys with a prefix", async () => {
    await listen(["s3:ObjectCreated:*"], { prefix: "in/" });
    for (const key of ["in/a", "out/a", "in", "a/in/"]) await bucket.put(key);
    expect(await heard(1)).to.deep.equal(["ObjectCreated:Put in/a"]);
  });

  it("of keys with a suffix, in its case", async () => {
    await listen(["s3:ObjectCreated:*"], { suffix: ".jpg" });
    for (const key of ["a.jpg", "a.JPG", "a.jpg.txt", ".jpg"]) await bucket.put(key);
    expect(await heard(2)).to.deep.equal(["ObjectCreated:Put .jpg", "ObjectCreated:Put a.jpg"]);
  });

  it("of keys with both", async () => {
    await listen(["s3:ObjectCreated:*"], { prefix: "in/", suffix: ".jpg" });
    for (const key of ["in/a.jpg", "in/a.png", "a.jpg"]) await bucket.put(key);
    expect(await heard(1)).to.deep.equal(["ObjectCreated:Put in/a.jpg"]);
  });

  it("of keys with characters that an event encodes", async () => {
    await listen(["s3:ObjectCreated:*"], { prefix: "ü +" });
    await bucket.put("ü +/a");
    expect(await heard(1)).to.deep.equal(["ObjectCreated:Put %C3%BC+%2B/a"]);
  });

  it("none, once the configuration is empty", async () => {
    await configure(target, bucket.name, {});
    await bucket.put("silent");
    expect(await heard(0)).to.deep.equal([]);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
describe("contract: delivery under the queue's policy", () => {
  const bucket = useBucket(target);
  const queues = useQueues(target);
  const rule = (queue: TestQueue) => ({
    QueueConfigurations: [{ QueueArn: queue.arn, Events: ["s3:ObjectCreated:*" as const] }],
  });

  it("sends a test event when it is configured", async () => {
    const queue = await queues();
    await queue.set({ Policy: policyFor(queue.arn, bucket.name) });
    await configure(target, bucket.name, rule(queue));
    const event = (await take(target, queue)) as Record<string, string>;
    expect(event).to.include({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: bucket.name });
    expect(event).to.include.keys("Time", "RequestId", "HostId");
  });

  it("keeps the upload and loses the event when the policy stops allowing it", async () => {
    const queue = await queues();
    await queue.set({ Policy: policyFor(queue.arn, bucket.name) });
    await configure(target, bucket.name, rule(queue));
    await take(target, queue);
    await queue.set({ Policy: policyFor(queue.arn, `${bucket.name}-other`) });
    await bucket.put("unheard");
    expect((await bucket.head("unheard")).ContentLength).to.equal(7);
    expect(await queue.peek()).to.deep.equal([]);
    await queue.set({ Policy: policyFor(queue.arn, bucket.name) });
    await bucket.put("heard");
    expect((await nextRecord(target, queue)).s3.object.key).to.equal("heard");
  });

  it("keeps the upload when the queue is gone", async () => {
    const queue = await queues();
    await queue.set({ Policy: policyFor(queue.arn, bucket.name) });
    await configure(target, bucket.name, rule(queue));
    await queue.remove();
    queue.remove = async () => {};
    await bucket.put("nowhere");
    expect((await bucket.head("nowhere")).ContentLength).to.equal(7);
  });
});
