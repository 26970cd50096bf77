// What the local S3 and SQS can take: `npm run bench:endpoint -- --other http://127.0.0.1:5000 --rounds 5 --seconds 1`.
// Every round asks both endpoints for one thing after another, each for so many seconds, first with the lightest client
// there is, then with the SDK; only ratios within a round count. Without `--other` there is nothing to compare with.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import Table from "cli-table3";
import { readWords, refuse } from "../scripts/command.ts";
import { expected } from "../settings/problem.ts";
import { startKillableCloud } from "../test/local/durability/killable-cloud.ts";
import { temporaryFolder } from "../test/support/temporary-folder.ts";
import { rawTasks, sdkTasks, type Task } from "./endpoint-tasks.ts";
import { type Spread, spreadOf } from "./measure.ts";

const TICKS_PER_MS = 0.1;

const { values } = readWords({
  options: {
    other: { type: "string" },
    "other-pid": { type: "string", least: 1 },
    rounds: { type: "string", default: "5", least: 1 },
    seconds: { type: "string", default: "1", least: 0.1 },
    clients: { type: "string", default: "8", least: 1 },
  },
});
const [rounds, seconds, clients] = [values.rounds, values.seconds, values.clients].map(Number) as [
  number,
  number,
  number,
];
const { other } = values;
if (other === undefined || !URL.canParse(other)) {
  refuse(expected("the endpoint to compare with (moto's server, say)", "--other", other));
}

interface Contestant {
  endpoint: string;
  pid: number;
}

interface Result {
  perSecond: number;
  cpuMs: number;
}

const folder = temporaryFolder();
const cloud = await startKillableCloud({ dataDirectory: folder.path });
const contestants: Contestant[] = [
  { endpoint: cloud.endpoint, pid: cloud.pid },
  { endpoint: other, pid: Number(values["other-pid"]) },
];
const results = new Map<string, Result[][]>();
try {
  for (let round = 0; round <= rounds; round += 1) {
    for (const [kind, create] of [
      ["raw", rawTasks],
      ["SDK", sdkTasks],
    ] as const) {
      const [ours, theirs] = await Promise.all(
        contestants.map(({ endpoint }) => create(endpoint, { clients, round })),
      );
      for (const [index, task] of (ours ?? []).entries()) {
        const pair = [await measure(task, contestants[0]!), await measure(theirs![index]!, contestants[1]!)];
        const name = `${kind}: ${task.name}`;
        if (round > 0) results.set(name, [...(results.get(name) ?? []), pair]);
      }
    }
  }
} finally {
  await cloud.kill();
  folder.remove();
}
print();

async function measure({ prepare, once, end }: Task, { pid }: Contestant): Promise<Result> {
  await prepare?.();
  const cpuBefore = cpuMsOf(pid);
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < endMs) {
        const count = await once(client);
        if (count === 0) return;
        done += count;
      }
    }),
  );
  const elapsed = performance.now() - startedMs;
  const cpu = cpuMsOf(pid) - cpuBefore;
  await end?.();
  return { perSecond: (1000 * done) / elapsed, cpuMs: cpu / done };
}

function cpuMsOf(pid: number): number {
  if (Number.isNaN(pid)) return Number.NaN;
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [utime = 0, stime = 0] = fields.split(" ").slice(11, 13).map(Number);
  return (utime + stime) / TICKS_PER_MS;
}

function print(): void {
  const table = new Table({
    head: ["", "here / s", "other / s", "ratio", "CPU ms here", "CPU ms other"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "right", "right", "right", "right"],
  });
  for (const [name, pairs] of results) {
    const median = (pick: (pair: Result[]) => number, digits: number) =>
      spreadOf(pairs.map(pick)).median.toFixed(digits);
    table.push([
      name,
      median(([here]) => here!.perSecond, 0),
      median(([, other]) => other!.perSecond, 0),
      ratio(spreadOf(pairs.map(([here, other]) => here!.perSecond / other!.perSecond))),
      median(([here]) => here!.cpuMs, 2),
      median(([, other]) => other!.cpuMs, 2),
    ]);
  }
  console.log(
    `${clients} clients, ${seconds} s each, ${rounds} interleaved rounds; Node ${process.versions.node}, ` +
      `${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
  );
  console.log(table.toString());
  console.log(
    "Medians of messages or objects. Ratios with the least and the most of any round. CPU: of the server, for each.",
  );
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`;
}
