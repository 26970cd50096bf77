// A local cloud in a temporary folder, and SDK clients that reach it without a socket. `stop` fails the test when the
// cloud met an error of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Cloud, type CloudOptions, startCloud } from "../../local/cloud.ts";
import type { Credentials } from "../../local/iam/iam.ts";
import { inProcess } from "../../local/protocol/http.ts";

export interface TestCloud extends Cloud {
  dataDirectory: string;
  /** Closes it, and deletes its folder unless told not to. */
  stop(options?: { keepsData?: boolean }): Promise<void>;
}

export async function startTestCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), "local-cloud-"));
  const bugs: unknown[] = [];
  const cloud = await startCloud({ reportBug: (error) => bugs.push(error), ...options, dataDirectory });
  return {
    ...cloud,
    dataDirectory,
    async stop({ keepsData = false } = {}) {
      await cloud.close();
      if (!keepsData) rmSync(dataDirectory, { recursive: true, force: true });
      if (bugs.length > 0) throw bugs[0];
    },
  };
}

/** As root, or with the credentials of a role. */
export function s3Client(
  cloud: Cloud,
  config: S3ClientConfig & { credentials?: Credentials } = {},
): S3Client {
  return new S3Client({ ...connection(cloud), forcePathStyle: true, ...config });
}

export function sqsClient(cloud: Cloud, credentials: Credentials = cloud.iam.rootCredentials): SQSClient {
  return new SQSClient({ ...connection(cloud), credentials });
}

export function lambdaClient(
  cloud: Cloud,
  credentials: Credentials = cloud.iam.rootCredentials,
): LambdaClient {
  return new LambdaClient({ ...connection(cloud), credentials });
}

export function connection({ endpoint, region, iam, handle }: Cloud) {
  return {
    endpoint,
    region,
    credentials: iam.rootCredentials,
    requestHandler: inProcess(handle),
    maxAttempts: 1,
  };
}
