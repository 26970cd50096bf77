// What the deployment tells the worker. Read once, at cold start; everything that is wrong is reported at once.
import { expected, SettingsError } from "../settings/problem.ts";
import type { Recipe } from "../settings/recipe.ts";
import { parseRecipe } from "../settings/settings.ts";

export interface Environment {
  sourceBucket: string;
  destinationBucket: string;
  workQueueUrl: string;
  deadLetterQueueUrl: string;
  maxReceiveCount: number;
  recipe: Recipe;
  memoryBytes: number;
  /** Those who hear of outcomes, if there are any. */
  catalogTable: string | undefined;
  eventsTopicArn: string | undefined;
}

const MIB = 1024 * 1024;

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const problems: string[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const environment = {
    sourceBucket: attempt(() => text(variables, "SOURCE_BUCKET")),
    destinationBucket: attempt(() => otherBucket(variables)),
    workQueueUrl: attempt(() => url(variables, "WORK_QUEUE_URL")),
    deadLetterQueueUrl: attempt(() => url(variables, "DEAD_LETTER_QUEUE_URL")),
    maxReceiveCount: attempt(() => count(variables, "MAX_RECEIVE_COUNT")),
    recipe: attempt(() => parseRecipe(text(variables, "DARKROOM_RECIPE"), "DARKROOM_RECIPE")),
    memoryBytes: attempt(() => count(variables, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE") * MIB),
    catalogTable: variables.CATALOG_TABLE || undefined,
    eventsTopicArn: variables.EVENTS_TOPIC_ARN || undefined,
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return environment as Environment; // without a problem, every value was read
}

function text(variables: NodeJS.ProcessEnv, name: string): string {
  const value = variables[name];
  if (!value) throw new SettingsError([expected("text", name, value)]);
  return value;
}

function count(variables: NodeJS.ProcessEnv, name: string): number {
  const value = variables[name];
  if (value && /^[1-9]\d*$/.test(value)) return Number(value);
  throw new SettingsError([expected("a whole number from 1", name, value)]);
}

function url(variables: NodeJS.ProcessEnv, name: string): string {
  const value = variables[name];
  if (value && URL.canParse(value)) return value;
  throw new SettingsError([expected("the URL of a queue", name, value)]);
}

/** Renditions in the source bucket would be announced as uploads, rendered again, and so on without end. */
function otherBucket(variables: NodeJS.ProcessEnv): string {
  const value = text(variables, "DESTINATION_BUCKET");
  if (value !== variables.SOURCE_BUCKET) return value;
  throw new SettingsError([expected("another bucket than SOURCE_BUCKET", "DESTINATION_BUCKET", value)]);
}
