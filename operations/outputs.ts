// The outputs of a stack that operations need, whoever printed them: `pulumi stack output --json` or local mode.
import * as v from "valibot";
import { expected } from "../settings/problem.ts";

const OutputsSchema = v.object({
  sourceBucket: v.string(),
  destinationBucket: v.string(),
  workQueueUrl: v.string(),
  backfillQueueUrl: v.optional(v.string()),
  deadLetterQueueUrl: v.string(),
  region: v.string(),
});

export type Outputs = v.InferOutput<typeof OutputsSchema>;

export function parseOutputs(outputs: unknown): Outputs {
  const result = v.safeParse(OutputsSchema, outputs);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(expected("a text", `the stack output ${v.getDotPath(issue) ?? ""}`, issue.input));
}
