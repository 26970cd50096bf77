// `--faults`: what shall go wrong in local mode, as a seed or as a file that also has chances.
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { parse as parseYaml } from "yaml";
import { type FaultPlan, FaultPlanSchema } from "../local/faults/plan.ts";
import { expected, problemOf } from "../settings/problem.ts";
import { UsageError } from "./exit-code.ts";

/** Throws a UsageError that lists every problem. */
export async function readFaultPlan(seedOrFile: string): Promise<FaultPlan> {
  const written = /^\d+$/.test(seedOrFile) ? { seed: Number(seedOrFile) } : await readPlanFile(seedOrFile);
  const { success, output, issues = [] } = v.safeParse(FaultPlanSchema, written);
  if (success) return output;
  throw new UsageError(issues.map((issue) => problemOf(issue, "--faults ")).join("\n"));
}

async function readPlanFile(path: string): Promise<unknown> {
  try {
    return parseYaml(await readFile(path, "utf8"));
  } catch {
    throw new UsageError(expected("a seed, or a YAML file with a plan", "--faults", path));
  }
}

/** "seed 7: 3 duplicate, 1 killed" */
export function faultsText(seed: number, counts: Readonly<Record<string, number>>): string {
  const happened = Object.entries(counts).filter(([, count]) => count > 0);
  const parts = happened.map(([kind, count]) => `${count} ${kind}`);
  return `seed ${seed}: ${parts.length > 0 ? parts.join(", ") : "none"}`;
}
