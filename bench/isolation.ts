// What it costs to render in processes of their own instead of in the worker's: the same photos, one and two at once.
// `npm run bench:isolation -- --rounds 9 --megapixels 12`

import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import Table from "cli-table3";
import pLimit from "p-limit";
import { readWords } from "../scripts/command.ts";
import { parseRecipe } from "../settings/settings.ts";
import { inspect } from "../worker/inspect/inspect.ts";
import type { RenderRequest } from "../worker/isolation/protocol.ts";
import { rendererEntry } from "../worker/isolation/renderer-entry.ts";
import { createRenderers } from "../worker/isolation/renderers.ts";
import { render } from "../worker/render/render.ts";
import { type Cost, interleave, type Spread, spreadOf } from "./measure.ts";
import { paintSources } from "./sources.ts";

/** Of /proc's times; the same on every Linux. */
const TICKS_PER_MS = 0.1;

const { values } = readWords({
  options: {
    rounds: { type: "string", default: "7", least: 1 },
    megapixels: { type: "string", default: "12", least: 1 },
  },
});
const rounds = Number(values.rounds);
const { variants, limits } = parseRecipe("{}", "the default recipe");
const requests: RenderRequest[] = (await paintSources(Number(values.megapixels)))
  .filter(({ name }) => name.startsWith("JPEG"))
  .map(({ bytes }) => ({ source: bytes, header: inspect(bytes, limits), variants }));

const renderers = createRenderers({ entry: rendererEntry, limitBytes: Number.MAX_SAFE_INTEGER });
const allowance = { milliseconds: 600_000, isWhole: true, bytes: 0, anew: false };
const { signal } = new AbortController();

const inProcess = ({ source, header }: RenderRequest) => render(source, header, variants);
const isolated = (request: RenderRequest) => renderers.render(request, { ...allowance, signal });

const table = new Table({
  head: ["at once", "img/s in process", "img/s isolated", "throughput ratio", "CPU ratio"],
  style: { head: [], border: [] },
  colAligns: ["right", "right", "right", "right", "right"],
});
for (const atOnce of [1, 2]) table.push(await row(atOnce));
renderers.close();
console.log(
  `${requests.length} JPEG photos of ${values.megapixels} megapixels, the default recipe, ${rounds} interleaved rounds; ` +
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
);
console.log(table.toString());
console.log(
  "Medians. Ratios: isolated ÷ in process, with the least and the most of any round. CPU: all processes.",
);

async function row(atOnce: number): Promise<string[]> {
  const all = (work: (request: RenderRequest) => Promise<unknown>) => {
    const limit = pLimit(atOnce);
    return Promise.all(requests.map((request) => limit(work, request)));
  };
  const childMs: number[] = [];
  const isolatedAll = async () => {
    const before = rendererCpuMs();
    await all(isolated);
    childMs.push(rendererCpuMs() - before);
  };
  const costs = await interleave([() => all(inProcess), isolatedAll], rounds);
  const pairs = costs.map(([here, apart], round) => ({
    here: here as Cost,
    apart: { ...(apart as Cost), cpuMs: (apart as Cost).cpuMs + (childMs[round + 1] ?? 0) },
  }));
  const perSecond = (wallMs: number) => ((1000 * requests.length) / wallMs).toFixed(2);
  return [
    String(atOnce),
    perSecond(spreadOf(pairs.map(({ here }) => here.wallMs)).median),
    perSecond(spreadOf(pairs.map(({ apart }) => apart.wallMs)).median),
    ratio(spreadOf(pairs.map(({ here, apart }) => here.wallMs / apart.wallMs))),
    ratio(spreadOf(pairs.map(({ here, apart }) => apart.cpuMs / here.cpuMs))),
  ];
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(3)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

/** Of all processes that this one started. */
function rendererCpuMs(): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  const ticks = children.map((pid) => {
    const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const [utime = 0, stime = 0] = fields.split(" ").slice(11, 13).map(Number);
    return utime + stime;
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_MS;
}
