import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useTopic } from "./a-topic.ts";

const target = useTarget();
type Values = Record<string, string | number | unknown[]>;

/** As message attributes: numbers as Number, arrays as String.Array. */
function toAttributes(values: Values) {
  const entries = Object.entries(values).map(([name, value]) => {
    if (Array.isArray(value)) return [name, { DataType: "String.Array", StringValue: JSON.stringify(value) }];
    return [name, { DataType: typeof value === "number" ? "Number" : "String", StringValue: String(value) }];
  });
  return Object.fromEntries(entries);
}

/** For each policy the messages that pass, and those that do not. */
interface Case {
  policy: object;
  passes: Values[];
  fails: Values[];
}

// https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
// https://docs.aws.amazon.com/sns/latest/dg/numeric-value-matching.html
// https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
// https://docs.aws.amazon.com/sns/latest/dg/and-or-logic.html
const BY_ATTRIBUTES: Record<string, Case> = {
  "one of several texts, in their case": {
    policy: { kind: ["cat", "dog"] },
    passes: [{ kind: "dog" }, { kind: ["fish", "cat"] }],
    fails: [{ kind: "Cat" }, {}],
  },
  "every key": {
    policy: { kind: ["cat"], size: [1] },
    passes: [{ kind: "cat", size: 1 }],
    fails: [{ kind: "cat" }, { kind: "cat", size: 2 }],
  },
  "anything but some texts": {
    policy: { kind: [{ "anything-but": ["cat", "dog"] }] },
    passes: [{ kind: "fish" }],
    fails: [{ kind: "cat" }, {}],
  },
  "anything but a prefix": {
    policy: { kind: [{ "anything-but": { prefix: "ca" } }] },
    passes: [{ kind: "dog" }],
    fails: [{ kind: "cat" }],
  },
  "a prefix": { policy: { kind: [{ prefix: "ca" }] }, passes: [{ kind: "cat" }], fails: [{ kind: "acat" }] },
  "a suffix": { policy: { kind: [{ suffix: "at" }] }, passes: [{ kind: "cat" }], fails: [{ kind: "cats" }] },
  "a text in any case": {
    policy: { kind: [{ "equals-ignore-case": "CAT" }] },
    passes: [{ kind: "cAt" }],
    fails: [{ kind: "cats" }],
  },
  "an address": {
    policy: { from: [{ cidr: "10.0.0.0/24" }] },
    passes: [{ from: "10.0.0.255" }],
    fails: [{ from: "10.0.1.0" }, { from: "here" }],
  },
  "a number": {
    policy: { size: [{ numeric: ["=", 1.5] }] },
    passes: [{ size: 1.5 }],
    fails: [{ size: 2 }, { size: "1.5" }],
  },
  "a range of numbers": {
    policy: { size: [{ numeric: [">", 0, "<=", 5] }] },
    passes: [{ size: 5 }, { size: 0.1 }],
    fails: [{ size: 0 }, { size: 5.1 }],
  },
  "a key that is there": {
    policy: { kind: [{ exists: true }] },
    passes: [{ kind: "x" }],
    fails: [{ size: 1 }],
  },
  "a key that is not there": {
    policy: { kind: [{ exists: false }] },
    passes: [{ size: 1 }],
    fails: [{ kind: "x" }],
  },
  "one of several groups of keys": {
    policy: { $or: [{ kind: ["cat"] }, { size: [{ numeric: [">", 9] }] }] },
    passes: [{ kind: "cat" }, { size: 10 }],
    fails: [{ kind: "dog", size: 9 }],
  },
};

describe("contract: filters by message attributes", () => {
  const topic = useTopic(target);

  for (const [what, { policy, passes, fails }] of Object.entries(BY_ATTRIBUTES)) {
    it(`let pass ${what}`, async () => {
      const subscriber = await topic.subscribe({
        FilterPolicy: JSON.stringify(policy),
        RawMessageDelivery: "true",
      });
      const publish = (values: Values, Message: string) =>
        target.sns.publish({ TopicArn: topic.arn, Message, MessageAttributes: toAttributes(values) });
      for (const values of fails) await publish(values, `fails ${JSON.stringify(values)}`);
      for (const values of passes) await publish(values, JSON.stringify(values));
      const bodies = (await subscriber.receive(passes.length)).map(({ Body }) => Body);
      expect(bodies).to.have.members(passes.map((values) => JSON.stringify(values)));
    });
  }
});

// https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-apply.html
const BY_BODY: Record<string, { policy: object; passes: unknown[]; fails: unknown[] }> = {
  "nested keys": {
    policy: { image: { kind: ["cat"] } },
    passes: [{ image: { kind: "cat" } }],
    fails: [{ image: { kind: "dog" } }, { kind: "cat" }, "cat"],
  },
  "values of every JSON type": {
    policy: { a: [true], b: [null], c: [1] },
    passes: [{ a: true, b: null, c: 1 }],
    fails: [{ a: "true", b: null, c: 1 }],
  },
  "an element of an array": {
    policy: { kinds: ["cat"] },
    passes: [{ kinds: ["dog", "cat"] }],
    fails: [{ kinds: ["dog"] }],
  },
  "one object of an array that matches all keys": {
    policy: { images: { kind: ["cat"], size: [1] } },
    passes: [{ images: [{ kind: "dog" }, { kind: "cat", size: 1 }] }],
    fails: [
      {
        images: [
          { kind: "cat", size: 2 },
          { kind: "dog", size: 1 },
        ],
      },
    ],
  },
};

describe("contract: filters by the message's body", () => {
  const topic = useTopic(target);

  for (const [what, { policy, passes, fails }] of Object.entries(BY_BODY)) {
    it(`let pass ${what}`, async () => {
      const subscriber = await topic.subscribe({
        FilterPolicy: JSON.stringify(policy),
        FilterPolicyScope: "MessageBody",
        RawMessageDelivery: "true",
      });
      const publish = (Message: string) => target.sns.publish({ TopicArn: topic.arn, Message });
      await publish("no JSON");
      for (const body of [...fails, ...passes]) await publish(JSON.stringify(body));
      const bodies = (await subscriber.receive(passes.length)).map(({ Body }) => Body);
      expect(bodies).to.have.members(passes.map((body) => JSON.stringify(body)));
    });
  }
});

// https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
describe("contract: filter policies that are refused", () => {
  const topic = useTopic(target);
  const many = (count: number) => Array.from({ length: count }, (_, index) => `value-${index}`);
  const wrong: Record<string, object> = {
    "a value that is no array": { kind: "cat" },
    "an empty array": { kind: [] },
    "an array in an array": { kind: [["cat"]] },
    "a nested key, by attributes": { image: { kind: ["cat"] } },
    "an unknown match type": { kind: [{ resembles: "cat" }] },
    "two match types": { kind: [{ prefix: "c", suffix: "t" }] },
    "a prefix that is no text": { kind: [{ prefix: 1 }] },
    "an exists that is no boolean": { kind: [{ exists: "yes" }] },
    "a number as text": { size: [{ numeric: ["=", "1"] }] },
    "an unknown comparison": { size: [{ numeric: ["~", 1] }] },
    "a range that is upside down": { size: [{ numeric: [">", 3, "<", 1] }] },
    "a range of three": { size: [{ numeric: [">", 1, "<", 3, "<", 5] }] },
    "an address without a mask": { from: [{ cidr: "10.0.0.0" }] },
    "six keys": Object.fromEntries(many(6).map((name) => [name, ["x"]])),
    "more than 150 combinations": { a: many(13), b: many(12) },
  };
  for (const [what, policy] of Object.entries(wrong)) {
    it(`${what}`, async () => {
      const { arn: SubscriptionArn } = await topic.subscribe();
      const set = target.sns.setSubscriptionAttributes({
        SubscriptionArn,
        AttributeName: "FilterPolicy",
        AttributeValue: JSON.stringify(policy),
      });
      expect(await refused(set)).to.include({ code: "InvalidParameterException", status: 400 });
    });
  }
});
