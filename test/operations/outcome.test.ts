import { expect } from "chai";
import { decideOutcome } from "../../operations/outcome.ts";
import { aDeadLetter, aManifest } from "../support/a-report.ts";

const source = { key: "cat.jpg", etag: "etag-1" };

describe("decideOutcome", () => {
  it("is done when the manifest is of the present content", () => {
    const manifest = aManifest();

    expect(decideOutcome(source, manifest, [])).to.deep.equal({ state: "done", manifest });
  });

  it("is pending when there is nothing yet", () => {
    expect(decideOutcome(source, undefined, [])).to.deep.equal({ state: "pending" });
  });

  it("is pending when the manifest is of older content", () => {
    const older = aManifest({ source: { etag: "etag-0" } });

    expect(decideOutcome(source, older, []).state).to.equal("pending");
  });

  it("is rejected with the reason of its dead letter", () => {
    expect(decideOutcome(source, undefined, [aDeadLetter()])).to.deep.equal({
      state: "rejected",
      code: "TRUNCATED",
      message: "It ends too early.",
      retryable: false,
    });
  });

  it("does not take the dead letter of older content, or of another source, for its own", () => {
    const others = [aDeadLetter({ sourceEtag: "etag-0" }), aDeadLetter({ sourceKey: "dog.jpg" })];

    expect(decideOutcome(source, undefined, others).state).to.equal("pending");
  });

  it("takes a dead letter that does not say which content it is about", () => {
    const requested = aDeadLetter({ sourceEtag: undefined });

    expect(decideOutcome(source, undefined, [requested]).state).to.equal("rejected");
  });

  it("believes a set that is there over a dead letter", () => {
    expect(decideOutcome(source, aManifest(), [aDeadLetter()]).state).to.equal("done");
  });

  it("says that a redrive may help when the reason may pass", () => {
    const throttled = aDeadLetter({ reason: { code: "THROTTLED", message: "SlowDown" } });

    expect(decideOutcome(source, undefined, [throttled])).to.include({ code: "THROTTLED", retryable: true });
  });

  it("says so when SQS moved the message and nobody gave a reason", () => {
    const unexplained = aDeadLetter({ reason: undefined, receiveCount: 5 });

    expect(decideOutcome(source, undefined, [unexplained])).to.deep.equal({
      state: "rejected",
      code: "UNEXPLAINED",
      message: "Received 5 times; the worker ended each time before it could say why.",
      retryable: true,
    });
  });
});
