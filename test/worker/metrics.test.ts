import { expect } from "chai";
import { METRIC_UNITS } from "../../settings/metrics.ts";
import type { LogLine } from "../../worker/log.ts";
import { createBatchMetrics } from "../../worker/metrics.ts";
import { extractMetrics } from "../support/embedded-metrics.ts";
import { aRecord } from "../support/records.ts";

const NOW_MS = 1_800_000_000_000;

function aTally(records = [aRecord()]) {
  const written: LogLine[] = [];
  const tally = createBatchMetrics(
    records,
    "worker",
    () => NOW_MS,
    (line) => written.push(line),
  );
  const metrics = () => extractMetrics(tally.lines());
  const of = (name: string) => metrics()[`${name} FunctionName=worker`];
  const ofCode = (name: string, code: string) => metrics()[`${name} FunctionName=worker Code=${code}`];
  return { ...tally, written, metrics, of, ofCode };
}

describe("createBatchMetrics", () => {
  it("counts what the log says, and writes it as it was", () => {
    const tally = aTally();
    const said: LogLine[] = [
      { event: "rendered", key: "a", bytesIn: 100, bytesOut: 30 },
      { event: "rendered", key: "b", bytesIn: 10, bytesOut: 5 },
      { event: "unchanged", key: "c" },
      { event: "removed", key: "d" },
      { event: "ignored", code: "TEST_EVENT" },
      { event: "batch", messages: 4, failed: 0 },
    ];
    said.forEach(tally.log);

    expect(tally.written).to.deep.equal(said);
    expect(tally.lines()).to.have.length(1);
    expect(tally.metrics()).to.deep.equal({
      "Rendered FunctionName=worker": [2],
      "Unchanged FunctionName=worker": [1],
      "Removed FunctionName=worker": [1],
      "Rejected FunctionName=worker": [0],
      "Retried FunctionName=worker": [0],
      "Deferred FunctionName=worker": [0],
      "BytesIn FunctionName=worker": [110],
      "BytesOut FunctionName=worker": [35],
    });
  });

  it("counts failures in all and by code, a line for each code", () => {
    const tally = aTally();
    tally.log({ event: "rejected", messageId: "1", code: "CORRUPT" });
    tally.log({ event: "rejected", messageId: "2", code: "CORRUPT" });
    tally.log({ event: "rejected", messageId: "3", code: "EMPTY" });
    tally.log({ event: "retried", messageId: "4", code: "OUT_OF_TIME" });
    tally.log({ event: "retried", messageId: "5", code: "THROTTLED" });

    expect([tally.of("Rejected"), tally.of("Retried"), tally.of("Deferred")]).to.deep.equal([[3], [2], [1]]);
    expect(tally.ofCode("Rejected", "CORRUPT")).to.deep.equal([2]);
    expect(tally.ofCode("Rejected", "EMPTY")).to.deep.equal([1]);
    expect(tally.ofCode("Retried", "THROTTLED")).to.deep.equal([1]);
    expect(tally.lines()).to.have.length(1 + 4);
  });

  it("counts a message once that the dead-letter queue did not take, by what it is retried for", () => {
    const tally = aTally();
    tally.log({ event: "retried", messageId: "1", code: "STORE_UNAVAILABLE" });
    tally.log({ event: "retried", messageId: "1", code: "CORRUPT" });

    expect(tally.of("Retried")).to.deep.equal([1]);
    expect(tally.ofCode("Retried", "CORRUPT")).to.deep.equal([1]);
    expect(tally.ofCode("Retried", "STORE_UNAVAILABLE")).to.equal(undefined);
  });

  it("counts every message of a batch that came to grief as a whole", () => {
    const tally = aTally();
    tally.log({ event: "retried", messageId: "1", code: "NETWORK" });
    tally.log({ event: "batch", messages: 3, failed: 3, code: "UNKNOWN" });

    expect(tally.of("Retried")).to.deep.equal([3]);
    expect(tally.ofCode("Retried", "UNKNOWN")).to.deep.equal([3]);
  });

  it("measures the wait for the first look, and for no other", () => {
    const tally = aTally([
      aRecord({ sentMs: NOW_MS - 1500 }),
      aRecord({ sentMs: NOW_MS - 90_000, receiveCount: 2 }),
      aRecord({ sentMs: NOW_MS + 20 }),
      aRecord(),
    ]);

    expect(tally.of("QueueLatencyMs")).to.deep.equal([1500, 0]);
  });

  it("has no more values in a line than CloudWatch takes, and loses none", () => {
    const records = Array.from({ length: 250 }, (_, index) => aRecord({ sentMs: NOW_MS - index }));
    const tally = aTally(records);
    for (let index = 1; index <= 101; index += 1) tally.addRenderMs(index);
    tally.log({ event: "rendered", bytesIn: 1, bytesOut: 1 });

    expect(tally.of("QueueLatencyMs")).to.deep.equal(records.map((_, index) => index));
    expect(tally.of("RenderMs")).to.have.length(101);
    expect(tally.of("Rendered")).to.deep.equal([1]);
    expect(tally.lines()).to.have.length(3);
  });

  it("names all metrics that others look at, and no other", () => {
    const tally = aTally([aRecord({ sentMs: NOW_MS })]);
    tally.addRenderMs(1);
    tally.log({ event: "untold", code: "THROTTLED" });

    const names = Object.keys(tally.metrics()).map((metric) => metric.split(" ")[0]);
    expect(names).to.have.members(Object.keys(METRIC_UNITS));
  });
});
