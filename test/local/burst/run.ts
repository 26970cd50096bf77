// `npm run burst -- --uploads 100000`: exits with 1 when memory grows beyond its bound, or the last tenth is slower.
import { readWords } from "../../../scripts/command.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runBurst } from "./burst.ts";

const MAX_MIB = 500;
const MAX_SLOWDOWN = 1.2;

const { values } = readWords({ options: { uploads: { type: "string", default: "100000", least: 1 } } });
const folder = temporaryFolder();
const report = await runBurst({ dataDirectory: folder.path, uploads: Number(values.uploads) }).finally(
  folder.remove,
);
const { uploadSeconds, drainSeconds, uploadSlowdown, drainSlowdown, restartMs, peakMiB, left } = report;
process.stdout.write(
  `${values.uploads} uploads in ${uploadSeconds.toFixed(0)} s, the last tenth ${uploadSlowdown.toFixed(2)} × as long as the first; ` +
    `killed, and up again in ${(restartMs / 1000).toFixed(1)} s; drained in ${drainSeconds.toFixed(0)} s, ` +
    `the last tenth ${drainSlowdown.toFixed(2)} × as long; at most ${peakMiB.toFixed(0)} MiB; ${left} left.\n`,
);
const isSlower = Math.max(uploadSlowdown, drainSlowdown) > MAX_SLOWDOWN;
if (isSlower || peakMiB > MAX_MIB || left > 0) process.exitCode = 1;
