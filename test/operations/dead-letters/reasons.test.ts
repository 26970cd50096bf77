import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  REASONS,
  type Reason,
  reasonOf,
  runbookLink,
  UNEXPLAINED,
} from "../../../operations/dead-letters/reasons.ts";
import { Failure, type FailureCode } from "../../../worker/failure.ts";
import { PROJECT_DIRECTORY } from "../../support/a-pipeline.ts";

describe("reasons", () => {
  it("cover the worker's codes and agree with their dispositions", () => {
    const codes = Object.keys(REASONS) as FailureCode[];
    const retryable = codes.filter((code) => REASONS[code].retryable);

    expect(codes).to.not.be.empty;
    expect(retryable).to.deep.equal(codes.filter((code) => new Failure(code, "").disposition === "retry"));
  });

  it("leave none of the worker's codes out", () => {
    // Checked by the compiler: a code without a reason is a missing property.
    const complete: Record<FailureCode, Reason> = REASONS;

    expect(complete.UNKNOWN.retryable).to.equal(true);
  });

  it("treat a code of another version as one that may pass", () => {
    expect(reasonOf("FROM_THE_FUTURE").retryable).to.equal(true);
    expect(reasonOf("constructor").retryable).to.equal(true);
  });

  it("have a section each in the runbook, where the link leads, and the runbook has no other", () => {
    const runbook = readFileSync(join(PROJECT_DIRECTORY, "docs/runbook.md"), "utf8");
    const sections = runbook.split(/^## (?=[A-Z_0-9]+$)/m).slice(1);
    const titles = sections.map((section) => section.split("\n")[0] ?? "");

    expect(titles).to.have.members([...Object.keys(REASONS), UNEXPLAINED]);
    for (const [index, title] of titles.entries()) {
      expect(runbookLink(title)).to.equal(`docs/runbook.md#${title.toLowerCase()}`);
      expect(sections[index], title).to.match(/\*\*Means\*\*[\s\S]*\*\*Check\*\*[\s\S]*\*\*Do\*\*/);
      const kind = reasonOf(title).retryable ? "(Retried.)" : "(Rejected.)";
      expect(sections[index], title).to.include(kind);
      const [, remedy = ""] = sections[index]?.split("**Do**") ?? [];
      const isRedriven = /\bredrive\b/i.test(
        remedy.replaceAll(/needs no redrive|A redrive cannot help/g, ""),
      );
      if (!reasonOf(title).retryable) expect(reasonOf(title).isOfSettings, title).to.equal(isRedriven);
    }
  });
});
