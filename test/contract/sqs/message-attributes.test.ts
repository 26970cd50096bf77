import { createHash } from "node:crypto";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();
const text = (StringValue: string, DataType = "String") => ({ DataType, StringValue });

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
describe("contract: message attributes", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);

  const kept: Record<string, MessageAttributeValue> = {
    "a string": text("Größe <&>"),
    "a number": text("-12.50", "Number"),
    "a number with 38 digits": text("9".repeat(38), "Number"),
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 254, 255]) },
    "a labelled string": text("x", "String.uuid"),
    "a labelled number": text("1", "Number.float"),
    "labelled bytes": { DataType: "Binary.png", BinaryValue: new Uint8Array([137]) },
  };
  for (const [what, value] of Object.entries(kept)) {
    it(`carry ${what}`, async () => {
      const other = await queues();
      await other.send("x", { MessageAttributes: { name: value } });
      const [message] = await other.receive({ MessageAttributeNames: ["All"] });
      const { DataType, StringValue, BinaryValue } = message?.MessageAttributes?.name ?? {};
      expect({ DataType, StringValue }).to.deep.equal({
        DataType: value.DataType,
        StringValue: value.StringValue,
      });
      expect(BinaryValue && [...BinaryValue]).to.deep.equal(value.BinaryValue && [...value.BinaryValue]);
    });
  }

  it("come with an MD5 of their own, sorted by name", async () => {
    const MessageAttributes = {
      zeta: text("last"),
      alpha: text("1", "Number"),
      bytes: { DataType: "Binary", BinaryValue: Buffer.from("raw") },
    };
    const { MD5OfMessageAttributes } = await queue.send("x", { MessageAttributes });
    const field = (value: string | Buffer) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(value));
      return [length, Buffer.from(value)];
    };
    const hash = createHash("md5");
    for (const [name, type, kind, value] of [
      ["alpha", "Number", 1, "1"],
      ["bytes", "Binary", 2, "raw"],
      ["zeta", "String", 1, "last"],
    ] as const) {
      const parts = [...field(name), ...field(type), Buffer.from([kind]), ...field(value)];
      hash.update(Buffer.concat(parts));
    }
    expect(MD5OfMessageAttributes).to.equal(hash.digest("hex"));
  });

  const filters: [asked: string[], given: string[]][] = [
    [[], []],
    [["All"], ["Hello", "prefix.one", "prefix.two"]],
    [[".*"], ["Hello", "prefix.one", "prefix.two"]],
    [["*"], ["Hello", "prefix.one", "prefix.two"]],
    [["Hello"], ["Hello"]],
    [["hello"], []],
    [["prefix.*"], ["prefix.one", "prefix.two"]],
    [
      ["Hello", "prefix.one", "missing"],
      ["Hello", "prefix.one"],
    ],
    [["prefix"], []],
  ];
  for (const [MessageAttributeNames, given] of filters) {
    it(`give ${given.length} of three when asked for ${JSON.stringify(MessageAttributeNames)}`, async () => {
      const other = await queues();
      const MessageAttributes = { Hello: text("1"), "prefix.one": text("2"), "prefix.two": text("3") };
      await other.send("x", { MessageAttributes });
      const [message] = await other.receive({ MessageAttributeNames });
      expect(Object.keys(message?.MessageAttributes ?? {}).sort()).to.deep.equal(given);
    });
  }

  const wrong: Record<string, Record<string, MessageAttributeValue>> = {
    "an empty string": { name: text("") },
    "an unknown type": { name: text("x", "Date") },
    "no type": { name: text("x", "") },
    "a type that only begins like one": { name: text("x", "Stringy") },
    "a number that is none": { name: text("seven", "Number") },
    "a string with a character that XML does not have": { name: text("\u0001") },
    "a name that begins with AWS.": { "AWS.name": text("x") },
    "a name that begins with amazon.": { "amazon.name": text("x") },
    "a name that begins with a dot": { ".name": text("x") },
    "a name that ends with a dot": { "name.": text("x") },
    "a name with two dots in a row": { "na..me": text("x") },
    "a name with a space": { "na me": text("x") },
    "a name with a paragraph sign": { "na§me": text("x") },
    "a name of 257 characters": { ["n".repeat(257)]: text("x") },
    "eleven of them": Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`n${index}`, text("x")])),
  };
  for (const [what, MessageAttributes] of Object.entries(wrong)) {
    it(`refuse ${what}`, async () => {
      const { code, status } = await refused(queue.send("x", { MessageAttributes }));
      expect(status).to.equal(400);
      expect(code).to.match(/^InvalidParameterValue/);
    });
  }

  it("may have names in any script", async () => {
    const other = await queues();
    await other.send("x", { MessageAttributes: { größe: text("1"), "名前.1": text("2") } });
    const [message] = await other.receive({ MessageAttributeNames: ["All"] });
    expect(Object.keys(message?.MessageAttributes ?? {}).sort()).to.deep.equal(["größe", "名前.1"]);
  });

  it("may be ten", async () => {
    const ten = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`n${index}`, text("x")]));
    const other = await queues();
    await other.send("x", { MessageAttributes: ten });
    const [message] = await other.receive({ MessageAttributeNames: ["All"] });
    expect(Object.keys(message?.MessageAttributes ?? {})).to.have.length(10);
  });
});
