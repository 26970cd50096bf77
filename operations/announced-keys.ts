// Which keys of the source bucket S3 tells the worker of: nobody else's are Darkroom's to render.
import { GetBucketNotificationConfigurationCommand, type QueueConfiguration } from "@aws-sdk/client-s3";
import type { Target } from "./target.ts";

/** As S3 is told to announce them; folders, which consoles make, are never rendered. */
export async function announcedKeys({
  s3,
  sourceBucket,
  workQueueUrl,
}: Pick<Target, "s3" | "sourceBucket" | "workQueueUrl">): Promise<(key: string) => boolean> {
  const { QueueConfigurations = [] } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: sourceBucket }),
  );
  // A bucket that others use too tells other queues of other keys.
  const ours = QueueConfigurations.filter(
    ({ QueueArn }) => QueueArn?.split(":").at(-1) === workQueueUrl.split("/").at(-1),
  );
  const filters = ours.map(filterOf);
  return (key) => !key.endsWith("/") && (filters.length === 0 || filters.some((lets) => lets(key)));
}

function filterOf({ Filter }: QueueConfiguration): (key: string) => boolean {
  const value = (wanted: string) =>
    Filter?.Key?.FilterRules?.find(({ Name }) => Name?.toLowerCase() === wanted)?.Value ?? "";
  return (key) => key.startsWith(value("prefix")) && key.endsWith(value("suffix"));
}
