// Looks a stack over, from the buckets to one image that goes all the way, and says of each finding what mends it.
import type { Target } from "../target.ts";
import { alarmChecks } from "./alarms.ts";
import { bucketChecks } from "./buckets.ts";
import { type Finding, make } from "./check.ts";
import { clockCheck } from "./clock.ts";
import { concurrencyChecks } from "./concurrency.ts";
import { engineChecks } from "./engine.ts";
import { factsOf } from "./facts.ts";
import { type ProbeOptions, probeCheck } from "./probe.ts";
import { queueChecks } from "./queues.ts";

export interface DoctorOptions extends ProbeOptions {
  probe: boolean;
  /** For dead letters, each time they are asked for. */
  waitSeconds: number;
  /** This machine's clock. */
  now?(): number;
  onFinding?(finding: Finding): void;
}

/** In the order a message travels; the probe last. */
export async function examine(target: Target, options: DoctorOptions): Promise<Finding[]> {
  const facts = factsOf(target);
  const { now = Date.now } = options;
  const checks = [
    ...bucketChecks(target, facts),
    ...queueChecks(target, facts, options.waitSeconds),
    ...engineChecks(facts, now),
    ...concurrencyChecks(facts),
    ...alarmChecks(target),
    clockCheck(target, now),
    ...(options.probe ? [probeCheck(target, facts, options)] : []),
  ];
  const findings: Finding[] = [];
  for (const check of checks) {
    options.signal?.throwIfAborted();
    const finding = await make(check);
    findings.push(finding);
    options.onFinding?.(finding);
  }
  return findings;
}
