// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event: the record; 6 MB for an event are
// of https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
import { expect } from "chai";
import fc from "fast-check";
import { recordBytes, toEvents, toRecord } from "../../../../local/lambda/mappings/sqs-event.ts";

const QUEUE_ARN = "arn:aws:sqs:eu-west-1:000000000000:work";

describe("toRecord", () => {
  it("has the shape that Lambda documents", () => {
    const message = {
      MessageId: "id",
      ReceiptHandle: "handle",
      Body: "body",
      MD5OfBody: "841a2d689ad86bd1611447453c22c6fc",
      Attributes: { ApproximateReceiveCount: "2", SentTimestamp: "1" },
      MessageAttributes: {
        Reason: { DataType: "String", StringValue: "why" },
        Bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 255]) },
      },
    };
    expect(toRecord(message, QUEUE_ARN)).to.deep.equal({
      messageId: "id",
      receiptHandle: "handle",
      body: "body",
      attributes: { ApproximateReceiveCount: "2", SentTimestamp: "1" },
      messageAttributes: {
        Reason: { dataType: "String", stringValue: "why", stringListValues: [], binaryListValues: [] },
        Bytes: { dataType: "Binary", binaryValue: "AQL/", stringListValues: [], binaryListValues: [] },
      },
      md5OfBody: "841a2d689ad86bd1611447453c22c6fc",
      eventSource: "aws:sqs",
      eventSourceARN: QUEUE_ARN,
      awsRegion: "eu-west-1",
    });
  });
});

describe("toEvents", () => {
  it("keeps every record in order, in events within the limit, none of which could take the next", () => {
    const limitBytes = 1500;
    const bodies = fc.array(fc.string({ unit: "grapheme", maxLength: 100 }), { maxLength: 12 });
    fc.assert(
      fc.property(bodies, (all) => {
        const records = all.map((Body, index) => toRecord({ MessageId: String(index), Body }, QUEUE_ARN));
        const fitting = records.filter((record) => recordBytes(record) <= limitBytes - 14);
        const events = toEvents(fitting, limitBytes);
        const bytesOf = (event: unknown) => Buffer.byteLength(JSON.stringify({ Records: event }));
        expect(events.flat()).to.deep.equal(fitting);
        expect(events.every((event) => event.length > 0 && bytesOf(event) <= limitBytes)).to.equal(true);
        for (const [index, event] of events.slice(0, -1).entries()) {
          expect(bytesOf([...event, events[index + 1]![0]]) + 1).to.be.greaterThan(limitBytes);
        }
      }),
    );
  });
});
