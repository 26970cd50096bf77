// Builds the Lambda artifact for the CPUs asked for, or for all that there are, and says where each one lies.
//
//   node scripts/build-worker.ts [linux-arm64 | linux-x64 | <this machine's> …]
import { buildWorker, hostTarget } from "../artifact/build-worker.ts";
import type { WorkerTarget } from "../artifact/worker-native.ts";
import { expected } from "../settings/problem.ts";
import { readWords, refuse } from "./command.ts";

const built = new Set<WorkerTarget>(["linux-arm64", "linux-x64", hostTarget()]);
const isTarget = (word: string): word is WorkerTarget => built.has(word as WorkerTarget);
const { positionals: asked } = readWords({ allowPositionals: true });
const wrong = asked.find((word) => !isTarget(word));
if (wrong !== undefined) refuse(expected(`one of ${[...built].join(", ")}`, "a target", wrong));
const targets = asked.length > 0 ? asked.filter(isTarget) : built;
for (const target of targets) console.log(await buildWorker(target));
