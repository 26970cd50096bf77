// What the queue, the events and the bytes through S3 cost: `darkroom local` on a folder of photos against a bare loop with
// the same settings in the same number of processes. `npm run bench:local -- ~/Pictures --images 300 --rounds 3`. The
// renditions are those of the default settings, in all formats or in some: without AVIF, rendering is nearly nothing and
// what is beside it shows most.
import { fork } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { extname, join, resolve } from "node:path";
import * as v from "valibot";
import { readWords, refuse } from "../scripts/command.ts";
import { expected } from "../settings/problem.ts";
import { RecipeSchema } from "../settings/recipe.ts";
import { RENDITION_FORMATS } from "../settings/variant.ts";
import { aProject } from "../test/support/a-project.ts";
import { darkroom } from "../test/support/darkroom.ts";
import { temporaryFolder } from "../test/support/temporary-folder.ts";
import { type Spread, spreadOf } from "./measure.ts";

const FORMATS = [".jpg", ".jpeg", ".png", ".webp"];

const { values, positionals } = readWords({
  allowPositionals: true,
  options: {
    images: { type: "string", default: "300", least: 1 },
    rounds: { type: "string", default: "3", least: 1 },
    formats: { type: "string" },
  },
});
const images = Number(values.images);
const [photos] = positionals;
if (photos === undefined || positionals.length > 1 || !isFolder(photos)) {
  refuse(expected("one folder of photos", "the words", positionals.join(" ")));
}
const shipped = v.parse(RecipeSchema, {}).variants;
const formats = values.formats?.split(",") ?? shipped[0]!.formats;
if (!formats.every((format) => RENDITION_FORMATS.some((known) => known === format))) {
  refuse(expected(`some of ${RENDITION_FORMATS.join(",")}`, "--formats", values.formats));
}
const variants = shipped.map(({ name, width }) => ({ name, width, formats }));
const folder = temporaryFolder();
const project = aProject({ variants });
const files = collect(photos);
const rounds: { bareMs: number; allMs: number; pipelineMs: number }[] = [];
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const bareMs = await bare(round);
    rounds.push({ bareMs, ...(await pipeline(round)) });
  }
} finally {
  folder.remove();
  project.remove();
}
const perSecond = (ms: number) => ((1000 * images) / ms).toFixed(2);
const median = (pick: (round: (typeof rounds)[number]) => number) => spreadOf(rounds.map(pick)).median;
console.log(
  [
    `${images} photos in ${formats.join(", ")}, ${rounds.length} interleaved rounds, ${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
    `bare loop: ${perSecond(median(({ bareMs }) => bareMs))} images/s`,
    `darkroom local, from the first upload to the last rendition: ${perSecond(median(({ pipelineMs }) => pipelineMs))}; ratio ${ratio(spreadOf(rounds.map(({ bareMs, pipelineMs }) => bareMs / pipelineMs)))}`,
    `the whole command: ${perSecond(median(({ allMs }) => allMs))}; ratio ${ratio(spreadOf(rounds.map(({ bareMs, allMs }) => bareMs / allMs)))}`,
  ].join("\n"),
);

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Links with other names, when there are fewer photos than asked for. */
function collect(from: string): { path: string; key: string }[] {
  const found = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && FORMATS.includes(extname(entry.name).toLowerCase()))
    .map((entry) => resolve(entry.parentPath, entry.name));
  if (found.length === 0) refuse(`Expected photos in ${from}, but there are none.`);
  mkdirSync(join(folder.path, "photos"));
  return Array.from({ length: images }, (_, index) => {
    const source = found[index % found.length] ?? "";
    const key = `${index}${extname(source)}`;
    const path = join(folder.path, "photos", key);
    linkSync(source, path);
    return { path, key };
  });
}

async function bare(round: number): Promise<number> {
  const work = [...files];
  const out = join(folder.path, `bare-${round}`);
  const startedMs = performance.now();
  const loops = Array.from({ length: availableParallelism() }, async () => {
    const child = fork(join(import.meta.dirname, "bare-loop.ts"), [JSON.stringify({ out, variants })], {
      env: { ...process.env, MALLOC_ARENA_MAX: "2" },
    });
    await new Promise<void>((resolve, reject) => {
      child.once("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`The bare loop ended with ${code}.`)),
      );
      child.on("message", () => {
        const next = work.pop();
        if (next) child.send(next);
        else child.disconnect();
      });
    });
  });
  await Promise.all(loops);
  return performance.now() - startedMs;
}

async function pipeline(round: number): Promise<{ allMs: number; pipelineMs: number }> {
  const words = ["local", join(folder.path, "photos"), "--stack", "test", "--fresh", "--json"];
  const paths = ["--data", join(folder.path, `data-${round}`), "--out", join(folder.path, `out-${round}`)];
  const startedMs = performance.now();
  const { code, stdout, stderr } = await darkroom([...words, ...paths], { projectDirectory: project.path });
  const allMs = performance.now() - startedMs;
  if (code !== 0) throw new Error(`darkroom local ended with ${code}:\n${stderr}`);
  const { totals, sources } = JSON.parse(stdout) as { totals: { done: number }; sources: unknown[] };
  if (totals.done !== sources.length)
    throw new Error(`Only ${totals.done} of ${sources.length} photos are done.`);
  return { allMs, pipelineMs: stepsMs(stderr) };
}

/** As the command says itself: without the start, the deployment, and the copies at the end. */
function stepsMs(stderr: string): number {
  const steps = stderr.matchAll(/(?:Uploaded|Rendered) .*? {2}(?:(\d+)m )?([\d.]+)(m?s)$/gm);
  const times = [...steps].map(([, minutes = "0", count = "", unit]) => {
    return Number(minutes) * 60_000 + Number(count) * (unit === "ms" ? 1 : 1000);
  });
  if (times.length < 2) throw new Error(`Expected the times of two steps, but received:\n${stderr}`);
  return times.reduce((sum, each) => sum + each, 0);
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
