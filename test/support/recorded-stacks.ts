// The shipped stacks as the real index.ts declares them, each run once for all tests.
import { readStack, type StackPreview } from "../../scripts/preview/read-stack.ts";

const known = new Map<string, Promise<StackPreview>>();

export function recordedStack(stack: "dev" | "prod", dryRun = false): Promise<StackPreview> {
  const name = `${stack} ${dryRun}`;
  const recorded = known.get(name) ?? readStack(stack, { dryRun });
  known.set(name, recorded);
  return recorded;
}
