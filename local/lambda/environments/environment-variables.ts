// What a function finds in its environment: what Lambda puts there and what its configuration adds, nothing of ours.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
import type { Credentials } from "../../iam/iam.ts";
import type { FunctionConfiguration } from "../function.ts";

export interface Surroundings {
  /** Of the local cloud; every AWS SDK reads AWS_ENDPOINT_URL. */
  endpoint: string;
  region: string;
  /** Of the function's role. Throws when that does not let Lambda assume it. */
  credentials(): Credentials;
}

export interface Place {
  runtimeApi: string;
  logStreamName: string;
}

export function environmentVariables(
  configuration: FunctionConfiguration,
  { endpoint, region, credentials }: Surroundings,
  { runtimeApi, logStreamName }: Place,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials();
  const { name, version = "$LATEST", handler, codeDirectory, memoryMiB, environment } = configuration;
  return {
    ...environment,
    PATH: "/usr/local/bin:/usr/bin:/bin:/opt/bin",
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: codeDirectory,
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split(".")[0]}.x`,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}
