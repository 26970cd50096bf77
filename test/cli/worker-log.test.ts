import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { createWorkerLog } from "../../cli/worker-log.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("worker log", () => {
  it("keeps every line, and knows how long each source took", async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, "worker.log");
    const log = createWorkerLog(path);
    const lines = [
      '{"event":"rendered","key":"a.jpg","elapsedMs":120}',
      '{"event":"rejected","key":"b.jpg","elapsedMs":5}',
      "START RequestId: 1",
      '{"event":"rendered","key":"c.jpg"',
    ];

    for (const line of lines) log.write(line);
    await log.close();

    expect(["a.jpg", "b.jpg", "c.jpg"].map(log.elapsedMsOf)).to.deep.equal([120, undefined, undefined]);
    expect(readFileSync(path, "utf8")).to.equal(`${lines.join("\n")}\n`);
    folder.remove();
  });
});
