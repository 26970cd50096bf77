// The function, and what feeds it.
import { every, type Resource, type Rule, type Stack } from "./rule.ts";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const ALIAS = "aws:lambda/alias:Alias";

/** Those that Lambda still mends. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
const RUNTIMES = ["nodejs22.x", "nodejs24.x"];

const CONCURRENCY_PER_POLLER = 10;

export const lambdaRules: Record<string, Rule> = {
  "function-runtime-supported": {
    says: "A function runs on a runtime that AWS still mends.",
    controls: ["Lambda.2"],
    offenders: every(FUNCTION, ({ runtime }) => RUNTIMES.includes(runtime)),
  },
  "function-logs-to-its-own-group": {
    says: "A function writes JSON to a log group of its own: Lambda's own groups keep logs for ever.",
    controls: [],
    offenders: (stack) =>
      stack
        .of(FUNCTION)
        .filter(
          (worker) =>
            worker.inputs.loggingConfig?.logFormat !== "JSON" ||
            !stack.behind(worker, "loggingConfig").some(({ type }) => /LogGroup$/.test(type)),
        ),
  },
  "message-hidden-long-enough": {
    says: "A message is hidden for six times as long as the function may take, and the batch window.",
    controls: [],
    offenders: (stack) =>
      stack.of(MAPPING).filter((mapping) => {
        const timeout = Number(calledBy(stack, mapping)?.inputs.timeout);
        const { maximumBatchingWindowInSeconds: window = 0 } = mapping.inputs;
        const [queue] = stack.behind(mapping, "eventSourceArn");
        return !(Number(queue?.inputs.visibilityTimeoutSeconds) >= 6 * timeout + window);
      }),
  },
  "mapping-reports-each-message": {
    says: "A mapping deletes only what succeeded.",
    controls: [],
    offenders: every(MAPPING, ({ functionResponseTypes }) =>
      functionResponseTypes?.includes("ReportBatchItemFailures"),
    ),
  },
  "mapping-calls-an-alias": {
    says: "A mapping calls an alias, which goes back to an earlier version in a second.",
    controls: [],
    offenders: (stack) =>
      stack
        .of(MAPPING)
        .filter((mapping) => !stack.behind(mapping, "functionName").some(({ type }) => type === ALIAS)),
  },
  "mapping-has-one-limit": {
    says: "A mapping has a maximum concurrency or provisioned pollers, and not both.",
    controls: [],
    offenders: every(
      MAPPING,
      ({ scalingConfig, provisionedPollerConfig }) =>
        (scalingConfig === undefined) !== (provisionedPollerConfig === undefined),
    ),
  },
  "concurrency-reserved-for-all-mappings": {
    says: "What is reserved for a function is enough for all that feeds it: each refusal costs a receive.",
    controls: [],
    offenders: (stack) =>
      stack.of(FUNCTION).filter((worker) => {
        const { reservedConcurrentExecutions: reserved } = worker.inputs;
        const asked = stack
          .of(MAPPING)
          .filter((mapping) => calledBy(stack, mapping) === worker)
          .map(
            ({ inputs: { scalingConfig, provisionedPollerConfig } }) =>
              scalingConfig?.maximumConcurrency ??
              provisionedPollerConfig?.maximumPollers * CONCURRENCY_PER_POLLER,
          );
        return reserved !== undefined && !(reserved >= asked.reduce((sum, each) => sum + each, 0));
      }),
  },
};

/** Through its alias, if it has one. */
function calledBy(stack: Stack, caller: Resource): Resource | undefined {
  const [called] = stack.behind(caller, "functionName");
  return called?.type === ALIAS ? calledBy(stack, called) : called;
}
