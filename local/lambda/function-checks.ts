// What Lambda checks of a function before it accepts it, in its own words, whoever made it.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
import type { Iam } from "../iam/iam.ts";
import type { Principal } from "../iam/principal.ts";
import { brokenAt, checkConstraints, inRange, matching, validationErrors } from "../protocol/constraints.ts";
import type { FunctionConfiguration } from "./function.ts";
import { invalid } from "./refusals.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_TIMEOUT_SECONDS = 900;
const MEMORY_MIB = { least: 128, most: 10_240 };
const MAX_ENVIRONMENT_BYTES = 4096;
const MAX_NAME_LENGTH = 64;
const ROLE = /arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+/;
const HANDLER = /[^\s]+/;
const QUEUE = /^arn:[^:]+:sqs:[^:]+:\d+:[\w-]+$/;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED = [
  ...["_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"],
  ...["AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
  ...["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
  ...["AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"],
];

type Checked = Omit<FunctionConfiguration, "codeDirectory">;

export function checkFunction({ name, roleArn, handler, timeoutSeconds, memoryMiB, ...more }: Checked): void {
  checkConstraints([
    ...matching("Role", roleArn, ROLE),
    ...matching("Handler", handler, HANDLER),
    ...inRange("Timeout", timeoutSeconds, 1, MAX_TIMEOUT_SECONDS),
    ...inRange("MemorySize", memoryMiB, MEMORY_MIB.least, MEMORY_MIB.most),
  ]);
  if (name.length > MAX_NAME_LENGTH) {
    const rule = `Member must have length less than or equal to ${MAX_NAME_LENGTH}`;
    throw invalid(validationErrors([brokenAt("functionName", ` '${name}'`, rule)]));
  }
  if (more.runtime !== undefined && !/^nodejs\d+\.x$/.test(more.runtime)) {
    throw invalid(`Expected a Node.js runtime for Runtime, but received ${more.runtime}: no other is here.`);
  }
  checkEnvironment(more.environment);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export function checkDeadLetterQueue(iam: Iam, principal: Principal, arn: string): void {
  if (!QUEUE.test(arn))
    throw invalid(
      `Expected the arn of a queue for DeadLetterConfig, but received ${arn}: no other is served.`,
    );
  try {
    const context = { "aws:SecureTransport": "true" };
    iam.authorize({ principal, action: "sqs:SendMessage", resource: arn, context });
  } catch {
    throw invalid("The provided execution role does not have permissions to call SendMessage on SQS");
  }
}

function checkEnvironment(environment: Record<string, string>): void {
  const refusal =
    "Lambda was unable to configure your environment variables because the environment variables you have provided";
  const reserved = Object.keys(environment).filter((name) => RESERVED.includes(name));
  if (reserved.length > 0) {
    const why = "contains reserved keys that are currently not supported for modification.";
    throw invalid(`${refusal} ${why} Reserved keys used in this request: ${reserved.join(", ")}`);
  }
  const text = JSON.stringify(environment);
  if (Buffer.byteLength(text) > MAX_ENVIRONMENT_BYTES)
    throw invalid(`${refusal} exceeded the 4KB limit. String measured: ${text}`);
}
