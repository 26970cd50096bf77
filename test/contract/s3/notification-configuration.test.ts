import type { NotificationConfiguration, QueueConfiguration } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useQueue } from "../sqs/a-queue.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";
import { configure, policyFor } from "./announced.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
describe("contract: notification configurations", () => {
  const bucket = useBucket(target);
  const allowed = useQueue(target);
  const forbidden = useQueue(target);
  before(() => allowed.set({ Policy: policyFor(allowed.arn, bucket.name) }));

  const put = (configuration: NotificationConfiguration, skip?: boolean) =>
    configure(target, bucket.name, configuration, skip);
  const get = async () => {
    const { QueueConfigurations } = await target.s3.getBucketNotificationConfiguration({
      Bucket: bucket.name,
    });
    return QueueConfigurations;
  };
  const rule = (
    more: Partial<QueueConfiguration> = {},
    rules: [string, string][] = [],
  ): QueueConfiguration => ({
    QueueArn: allowed.arn,
    Events: ["s3:ObjectCreated:*"],
    ...(rules.length > 0 && {
      Filter: { Key: { FilterRules: rules.map(([Name, Value]) => ({ Name: Name as "prefix", Value })) } },
    }),
    ...more,
  });

  it("come back as they were put", async () => {
    await put({
      QueueConfigurations: [
        rule({ Id: "mine" }, [
          ["prefix", "in/"],
          ["suffix", ".jpg"],
        ]),
      ],
    });
    const [kept] = (await get()) ?? [];
    expect(kept).to.include({ Id: "mine", QueueArn: allowed.arn });
    expect(kept?.Events).to.deep.equal(["s3:ObjectCreated:*"]);
    const rules = kept?.Filter?.Key?.FilterRules?.map(({ Name, Value }) => [Name?.toLowerCase(), Value]);
    expect(rules).to.deep.equal([
      ["prefix", "in/"],
      ["suffix", ".jpg"],
    ]);
  });

  it("get an id when they have none", async () => {
    await put({ QueueConfigurations: [rule()] });
    expect((await get())?.[0]?.Id)
      .to.be.a("string")
      .and.not.equal("");
  });

  it("replace the one before, and are gone when empty", async () => {
    await put({ QueueConfigurations: [rule({ Id: "first" })] });
    await put({ QueueConfigurations: [rule({ Id: "second" })] });
    expect((await get())?.map(({ Id }) => Id)).to.deep.equal(["second"]);
    await put({});
    expect(await get()).to.equal(undefined);
  });

  it("take filter names in any case", async () => {
    await put({
      QueueConfigurations: [
        rule({}, [
          ["PREFIX", "a"],
          ["Suffix", "b"],
        ]),
      ],
    });
    const names = (await get())?.[0]?.Filter?.Key?.FilterRules?.map(({ Name }) => Name?.toLowerCase());
    expect(names).to.deep.equal(["prefix", "suffix"]);
  });

  it("refuse a queue that does not exist", async () => {
    const QueueArn = `${allowed.arn}-not`;
    const refusal = await refused(put({ QueueConfigurations: [rule({ QueueArn })] }));
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
    expect(refusal.message).to.equal("Unable to validate the following destination configurations");
    expect(refusal.detail.ArgumentName1).to.equal(QueueArn);
    expect(refusal.detail.ArgumentValue1).to.equal("The destination queue does not exist");
  });

  it("refuse a queue whose policy does not let them send", async () => {
    const refusal = await refused(put({ QueueConfigurations: [rule({ QueueArn: forbidden.arn })] }));
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
    expect(refusal.message).to.equal("Unable to validate the following destination configurations");
  });

  it("refuse what is no arn, even without validation", async () => {
    const refusal = await refused(put({ QueueConfigurations: [rule({ QueueArn: "a-queue" })] }, true));
    expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
    expect(refusal.detail).to.include({ ArgumentName: "Queue", ArgumentValue: "a-queue" });
  });

  it("take an unknown queue when told to skip the validation", async () => {
    await put({ QueueConfigurations: [rule({ QueueArn: `${allowed.arn}-not` })] }, true);
    expect((await get())?.[0]?.QueueArn).to.equal(`${allowed.arn}-not`);
  });

  it("change nothing when they are refused", async () => {
    await put({ QueueConfigurations: [rule({ Id: "kept" })] });
    await refused(put({ QueueConfigurations: [rule({ Id: "new", QueueArn: forbidden.arn })] }));
    expect((await get())?.[0]?.Id).to.equal("kept");
  });

  const wrong: Record<string, () => QueueConfiguration[]> = {
    "an event there is not": () => [rule({ Events: ["s3:ObjectPainted:*" as "s3:ObjectCreated:*"] })],
    "a filter that is neither prefix nor suffix": () => [rule({}, [["infix", "a"]])],
    "two prefixes in one rule": () => [
      rule({}, [
        ["prefix", "a"],
        ["prefix", "b"],
      ]),
    ],
    "two rules for the same events": () => [rule(), rule()],
    "a wildcard that covers another rule's event": () => [rule(), rule({ Events: ["s3:ObjectCreated:Put"] })],
    "one prefix inside another": () => [rule({}, [["prefix", "a"]]), rule({}, [["prefix", "a/b"]])],
    "one suffix inside another": () => [rule({}, [["suffix", "jpg"]]), rule({}, [["suffix", ".jpg"]])],
    "a prefix rule beside a suffix rule": () => [rule({}, [["prefix", "a"]]), rule({}, [["suffix", "b"]])],
    "two rules of one id": () => [
      rule({ Id: "same" }, [["prefix", "a"]]),
      rule({ Id: "same" }, [["prefix", "b"]]),
    ],
  };
  for (const [what, rules] of Object.entries(wrong)) {
    it(`refuse ${what}`, async () => {
      const refusal = await refused(put({ QueueConfigurations: rules() }));
      expect(refusal).to.include({ code: "InvalidArgument", status: 400 });
    });
  }

  const right: Record<string, () => QueueConfiguration[]> = {
    "prefixes that exclude each other": () => [rule({}, [["prefix", "a"]]), rule({}, [["prefix", "b"]])],
    "suffixes that exclude each other": () => [
      rule({}, [["suffix", ".jpg"]]),
      rule({}, [["suffix", ".png"]]),
    ],
    "the same prefix for other events": () => [
      rule({}, [["prefix", "a"]]),
      rule({ Events: ["s3:ObjectRemoved:*"] }, [["prefix", "a"]]),
    ],
    "one prefix with suffixes that exclude each other": () => [
      rule({}, [
        ["prefix", "a"],
        ["suffix", ".jpg"],
      ]),
      rule({}, [
        ["prefix", "a"],
        ["suffix", ".png"],
      ]),
    ],
  };
  for (const [what, rules] of Object.entries(right)) {
    it(`take ${what}`, async () => {
      await put({ QueueConfigurations: rules() });
      expect(await get()).to.have.length(2);
    });
  }
});
