// What the answers of DynamoDB and SNS mean, spelled as they are on the wire, for what a well-behaved cloud cannot be made to do.
import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { type Fence, fenceOf } from "../../../worker/aws/fence.ts";
import { createListeners } from "../../../worker/aws/listeners.ts";
import { Failure, type FailureCode } from "../../../worker/failure.ts";
import type { Listeners } from "../../../worker/outcomes/tell.ts";
import { rejection } from "../../support/rejection.ts";
import { startWireServer, useEndpoint, type WireServer } from "../../support/wire-server.ts";

const ITEM = { key: "cat.jpg", status: "removed", statusShard: "removed#1", seenAt: "now" } as const;
const MESSAGE = { body: "{}", attributes: { outcome: "removed" } };
const open: Fence = fenceOf(() => {});

describe("listeners over the wire", () => {
  let server: WireServer;
  let answer: (response: ServerResponse) => void;
  let restore: () => void;

  beforeEach(async () => {
    server = await startWireServer((_request, response) => answer(response));
    restore = useEndpoint(server.endpoint);
  });
  afterEach(async () => {
    restore();
    await server.close();
  });

  const listeners = (fence: Fence = open) =>
    createListeners({ catalogTable: "catalog", eventsTopicArn: "arn:aws:sns:us-east-1:1:events" })(
      fence,
    ) as Required<{ [Name in keyof Listeners]: NonNullable<Listeners[Name]> }>;
  const dynamodb = (status: number, name: string) => (response: ServerResponse) =>
    response
      .writeHead(status, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "no" }));
  const sns = (status: number, code: string) => (response: ServerResponse) =>
    response
      .writeHead(status, { "content-type": "text/xml" })
      .end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code></Error></ErrorResponse>`);

  it("takes a lost condition for outdated", async () => {
    answer = dynamodb(400, "ConditionalCheckFailedException");

    expect(await listeners().catalog.put(ITEM)).to.equal("outdated");
  });

  const refusals: [FailureCode, (response: ServerResponse) => void][] = [
    ["THROTTLED", dynamodb(400, "ProvisionedThroughputExceededException")],
    ["THROTTLED", dynamodb(400, "ThrottlingException")],
    ["ACCESS_DENIED", dynamodb(400, "AccessDeniedException")],
    ["ACCESS_DENIED", dynamodb(400, "UnrecognizedClientException")],
    ["ACCESS_DENIED", dynamodb(400, "ExpiredTokenException")],
    ["STORE_UNAVAILABLE", dynamodb(400, "ResourceNotFoundException")],
    ["STORE_UNAVAILABLE", dynamodb(500, "InternalServerError")],
    ["UNKNOWN", dynamodb(400, "ValidationException")],
    ["NETWORK", (response) => response.destroy()],
  ];
  for (const [code, refuse] of refusals) {
    it(`gives what the catalog answers its code: ${code}`, async () => {
      answer = refuse;

      expect(await rejection(listeners().catalog.put(ITEM))).to.include({ code });
    });
  }

  const topicRefusals: [FailureCode, (response: ServerResponse) => void][] = [
    ["THROTTLED", sns(429, "Throttled")],
    ["THROTTLED", sns(400, "KMSThrottling")],
    ["ACCESS_DENIED", sns(403, "AuthorizationError")],
    ["ACCESS_DENIED", sns(400, "KMSAccessDenied")],
    ["STORE_UNAVAILABLE", sns(404, "NotFound")],
    ["STORE_UNAVAILABLE", sns(500, "InternalError")],
    ["UNKNOWN", sns(400, "InvalidParameter")],
    ["NETWORK", (response) => response.destroy()],
  ];
  for (const [code, refuse] of topicRefusals) {
    it(`gives what the topic answers its code: ${code}`, async () => {
      answer = refuse;

      expect(await rejection(listeners().topic.publish(MESSAGE))).to.include({ code });
    });
  }

  it("sends nothing when the time is over, and nothing again", async () => {
    let isOver = true;
    const over = new Failure("OUT_OF_TIME", "over");
    const fence = fenceOf(() => {
      if (isOver) throw over;
    });
    answer = (response) => {
      isOver = true;
      response.writeHead(500).end();
    };

    const { catalog, topic } = listeners(fence);
    expect(await rejection(catalog.put(ITEM))).to.equal(over);
    expect(await rejection(topic.publish(MESSAGE))).to.equal(over);
    expect(server.requests).to.have.length(0);
    isOver = false;
    expect(await rejection(topic.publish(MESSAGE))).to.equal(over);
    expect(server.requests).to.have.length(1);
  });

  it("gives up as soon as its time is over, though nobody answers", async () => {
    answer = () => {};
    const fence = { abortSignal: AbortSignal.timeout(50) };

    const startedMs = performance.now();
    expect(await rejection(listeners(fence).topic.publish(MESSAGE))).to.include({ code: "OUT_OF_TIME" });
    expect(performance.now() - startedMs).to.be.below(1000);
  });

  it("has those that are named, and no other", () => {
    expect(createListeners({ catalogTable: "catalog" })(open).topic).to.equal(undefined);
    expect(createListeners({ eventsTopicArn: "arn" })(open).catalog).to.equal(undefined);
  });
});
