// The configuration of the function in fixtures/, and where it runs when there is no cloud.
import { fileURLToPath } from "node:url";
import type { Surroundings } from "../../../local/lambda/environments/environment-variables.ts";
import type { FunctionConfiguration } from "../../../local/lambda/function.ts";

export function aFunction(changes: Partial<FunctionConfiguration> = {}): FunctionConfiguration {
  return {
    name: "sample",
    arn: "arn:aws:lambda:us-east-1:000000000000:function:sample",
    roleArn: "arn:aws:iam::000000000000:role/sample",
    codeDirectory: fileURLToPath(new URL("./fixtures", import.meta.url)),
    handler: "index.handler",
    timeoutSeconds: 10,
    memoryMiB: 512,
    environment: {},
    ...changes,
  };
}

export const nowhere: Surroundings = {
  endpoint: "http://127.0.0.1:9",
  region: "us-east-1",
  credentials: () => ({ accessKeyId: "key", secretAccessKey: "secret", sessionToken: "token" }),
};
