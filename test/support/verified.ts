// What `verify` finds, by state and in the order of the alphabet; and as `darkroom verify --repair` does, asks for its repair.
import { requestReconcile } from "../../operations/request-reconcile.ts";
import type { Target } from "../../operations/target.ts";
import { type Finding, type VerifyOptions, verify } from "../../operations/verify.ts";

export interface Verified extends Record<Finding["state"], string[]> {
  sources: number;
  current: number;
}

export async function verified(target: Target, options: VerifyOptions = {}): Promise<Verified> {
  const keys: Record<Finding["state"], string[]> = {
    ...{ explained: [], missing: [], stale: [], torn: [], surplus: [], orphaned: [] },
  };
  const onFindings = (findings: readonly Finding[]) => {
    for (const { key, state } of findings) keys[state].push(key);
  };
  const { sources, current } = await verify(target, { waitSeconds: 0, onFindings, ...options });
  for (const each of Object.values(keys)) each.sort();
  return { sources, current, ...keys };
}

export async function askForRepair(target: Target): Promise<string[]> {
  const { missing, stale, torn, surplus, orphaned } = await verified(target);
  const keys = [missing, stale, torn, surplus, orphaned].flat();
  await requestReconcile(target, keys);
  return keys;
}
