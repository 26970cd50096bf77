import { expect } from "chai";
import { deadLetterAttributes } from "../../../worker/batch/dead-letter.ts";
import { readMessage } from "../../../worker/batch/message.ts";
import { Failure } from "../../../worker/failure.ts";
import { formatLine } from "../../../worker/log.ts";
import { aRecord } from "../../support/records.ts";

function attributesOf(text: string, key?: string): Record<string, string> {
  const message = readMessage(aRecord(), "uploads");
  const failure = new Failure("CORRUPT", text);
  return deadLetterAttributes({ message, failure, key, workerVersion: "1.2.3", failedAtMs: 0 });
}

describe("deadLetterAttributes", () => {
  it("cuts a long reason at 1 KB, at a whole character", () => {
    const { ReasonMessage = "" } = attributesOf("€".repeat(1000)); // 3 bytes each

    expect(ReasonMessage).to.equal("€".repeat(341));
  });

  it("has no characters that SQS refuses", () => {
    const { SourceKey, ReasonMessage } = attributesOf("a\u0000b\uFFFF\uD800c", "\u001b[31m.jpg");

    expect(SourceKey).to.equal("\uFFFD[31m.jpg");
    expect(ReasonMessage).to.equal("a\uFFFDb\uFFFD\uFFFDc");
  });

  it("has no empty values, which SQS refuses too", () => {
    expect(attributesOf("").ReasonMessage).to.equal("-");
    expect(attributesOf("reason")).to.not.have.property("SourceKey");
  });

  it("stays within the ten attributes of SQS", () => {
    expect(Object.keys(attributesOf("reason", "cat.jpg"))).to.have.length(7);
  });
});

describe("formatLine", () => {
  it("is one line of plain characters whatever the key is, and means the same", () => {
    const key = "a\n\r\u001b[2J\u009b\u2028\u202e\u2066gpj.exe\u0000";

    const line = formatLine({ event: "rendered", key });

    expect(line).to.match(/^[\u0020-\u007e]+$/);
    expect(JSON.parse(line)).to.deep.equal({ event: "rendered", key });
  });
});
