// `rclone`, as a remote that is none of the providers it knows: then it neither asks for encoded listings nor believes etags.
import type { Cloud } from "../../../local/cloud.ts";
import { type Client, credentialsOf, expectText, PREFIX } from "./client.ts";

export function rcloneClient(command: string, cloud: Cloud): Client {
  const { accessKeyId, secretAccessKey } = credentialsOf(cloud);
  const quietly = ["--quiet", "--retries", "1", "--low-level-retries", "1"];
  return {
    command,
    environment: {
      RCLONE_CONFIG_LOCAL_TYPE: "s3",
      RCLONE_CONFIG_LOCAL_PROVIDER: "Other",
      RCLONE_CONFIG_LOCAL_ACCESS_KEY_ID: accessKeyId,
      RCLONE_CONFIG_LOCAL_SECRET_ACCESS_KEY: secretAccessKey,
      RCLONE_CONFIG_LOCAL_ENDPOINT: cloud.endpoint,
      RCLONE_CONFIG_LOCAL_REGION: cloud.region,
      RCLONE_NO_UNICODE_NORMALIZATION: "true", // It would take two folders for one whose names differ in nothing else.
      RCLONE_S3_UPLOAD_CUTOFF: "8M", // 200 MB otherwise: nothing would go up in parts.
    },
    create: (bucket) => ["mkdir", `local:${bucket}`, ...quietly],
    up: (folder, bucket) => ["sync", folder, `local:${bucket}/${PREFIX}`, ...quietly],
    back: (bucket, folder) => ["sync", `local:${bucket}/${PREFIX}`, folder, ...quietly],
    async also(ask, bucket, folder) {
      await ask(["check", folder, `local:${bucket}/${PREFIX}`, "--download", ...quietly]);
      await ask(["copy", folder, `local:${bucket}/${PREFIX}`, ...quietly]);
      await ask([
        "moveto",
        `local:${bucket}/${PREFIX}plain.txt`,
        `local:${bucket}/moved/100% +.txt`,
        ...quietly,
      ]);
      expectText(await ask(["lsf", "-R", `local:${bucket}/moved`]), "100% +.txt");
      // With pages of the first version, rclone 1.60 decodes the last key of each twice, and deletes another one.
      await ask(["purge", `local:${bucket}`, "--s3-list-version", "2", ...quietly]);
    },
  };
}
