// `npm run durability -- --kills 50 --life 1500 --seed 7 --fsync`: kills the cloud under load again and again. Exits with 1
// when something that was acknowledged is not there, or something deleted is.
import { readWords } from "../../../scripts/command.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runDurability } from "./durability.ts";

const { values } = readWords({
  options: {
    kills: { type: "string", default: "50" },
    life: { type: "string", default: "1500" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    fsync: { type: "boolean", default: false },
  },
});
const { fsync } = values;
const [kills, maxLifeMs, seed] = [values.kills, values.life, values.seed].map(Number) as [
  number,
  number,
  number,
];
process.stderr.write(
  `npm run durability -- --kills ${kills} --life ${maxLifeMs} --seed ${seed}${fsync ? " --fsync" : ""}\n`,
);
const folder = temporaryFolder();
const { problems, counts, lost, longestStartMs } = await runDurability({
  dataDirectory: folder.path,
  kills,
  maxLifeMs,
  seed,
  fsync,
}).finally(folder.remove);
const acknowledged = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
process.stdout.write(
  `${kills} kills. Acknowledged: ${acknowledged.join(", ")}. Answers lost: ${lost}. ` +
    `Longest start: ${Math.round(longestStartMs)} ms. Problems: ${problems.length}.\n`,
);
for (const problem of problems.slice(0, 20)) process.stdout.write(`  ${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
