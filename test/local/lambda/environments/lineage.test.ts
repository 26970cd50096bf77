// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
import { expect } from "chai";
import { continueTrace } from "../../../../local/lambda/environments/lineage.ts";

const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const lineageOf = (trace: string) => /;Lineage=(.*)$/.exec(trace)?.[1]?.split("|");

/** What a function would send, after it and others were invoked in turn. */
function chain(...arns: string[]): string {
  return arns.reduce((trace, arn) => continueTrace([trace], arn), ROOT);
}

describe("a trace", () => {
  it("begins with a root of its own when nobody sent one", () => {
    expect(continueTrace([], "a")).to.match(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Lineage=[0-9a-f]{8}:1$/);
  });

  it("keeps what it came with, and counts each function by itself", () => {
    const trace = chain("a", "b", "a");
    expect(trace.startsWith(`${ROOT};Lineage=`)).to.equal(true);
    expect(lineageOf(trace)?.map((entry) => entry.split(":")[1])).to.deep.equal(["2", "1"]);
    expect(continueTrace([`${ROOT};Parent=1;Sampled=1;Lineage=no`], "a")).to.match(
      /^Root=[^;]+;Parent=1;Sampled=1;Lineage=[0-9a-f]{8}:1$/,
    );
  });

  it("ends after 16 invocations of one function, whatever others were between", () => {
    const round = Array.from({ length: 16 }, () => ["a", "b"]).flat();
    expect(lineageOf(chain(...round))).to.have.length(2);
    expect(() => chain(...round, "a")).to.throw("recursive loop");
    expect(() => chain(...round, "c")).not.to.throw();
  });

  it("of a batch is that of the message that has come the farthest", () => {
    const far = chain("a", "a", "a");
    for (const traces of [
      [far, chain("a")],
      [chain("a"), far, ROOT],
    ]) {
      expect(lineageOf(continueTrace(traces, "a"))?.[0]).to.match(/:4$/);
    }
  });
});
