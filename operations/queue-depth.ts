// How much a queue holds. AWS calls the counts approximate: they lag by up to a minute, and one look proves nothing.
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Target } from "./target.ts";

export interface QueueDepth {
  visible: number;
  inFlight: number;
  delayed: number;
}

export async function queueDepth(
  sqs: SQSClient,
  queueUrl: string,
  signal?: AbortSignal,
): Promise<QueueDepth> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    }),
    { ...(signal && { abortSignal: signal }) },
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    delayed: Number(Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
  };
}

/** Of the work queue and of the backfill queue together. */
export async function laneDepth(
  { sqs, workQueueUrl, backfillQueueUrl }: Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl">,
  signal?: AbortSignal,
): Promise<QueueDepth> {
  const urls = backfillQueueUrl === undefined ? [workQueueUrl] : [workQueueUrl, backfillQueueUrl];
  const depths = await Promise.all(urls.map((url) => queueDepth(sqs, url, signal)));
  return {
    visible: depths.reduce((sum, { visible }) => sum + visible, 0),
    inFlight: depths.reduce((sum, { inFlight }) => sum + inFlight, 0),
    delayed: depths.reduce((sum, { delayed }) => sum + delayed, 0),
  };
}

export function messageCount({ visible, inFlight, delayed }: QueueDepth): number {
  return visible + inFlight + delayed;
}
