// `npm run bulk`: a backfill over 200,000 keys, killed five times, and a verification of their sets: nothing lost, less than one in
// a hundred sent twice, nothing the second time, and never 300 MiB of memory; or it exits with 1.
import { bulk } from "../test/bulk/bulk.ts";
import { readWords } from "./command.ts";

const { values } = readWords({
  options: {
    keys: { type: "string", default: "200000", least: 1 },
    kills: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [keys, kills, seed] = [values.keys, values.kills, values.seed].map(Number) as [number, number, number];
console.error(`npm run bulk -- --keys ${keys} --kills ${kills} --seed ${seed}`);

const { backfill, verify } = await bulk({ keys, kills, seed, say: (text) => console.error(text) });
console.log(
  [
    "| keys | killed | lost | sent twice | second run | seconds | MiB at most |",
    "|---:|---:|---:|---:|---:|---:|---:|",
    `| ${keys} | ${kills} | ${backfill.lost} | ${backfill.extra} | ${backfill.secondRun} | ${backfill.seconds.toFixed(0)} | ${backfill.peakMiB.toFixed(0)} |`,
    "",
    "| sources verified | missing | orphaned | seconds | MiB at most |",
    "|---:|---:|---:|---:|---:|",
    `| ${verify.sources} | ${verify.missing} | ${verify.orphaned} | ${verify.seconds.toFixed(0)} | ${verify.peakMiB.toFixed(0)} |`,
  ].join("\n"),
);
const MAX_MIB = 300;
const isWell =
  backfill.lost === 0 &&
  backfill.extra < keys / 100 &&
  backfill.secondRun === 0 &&
  Math.max(backfill.peakMiB, verify.peakMiB) < MAX_MIB;
if (!isWell) process.exitCode = 1;
