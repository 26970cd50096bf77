// SQS's own redrive: everything, unfiltered, as fast as SQS likes or at a rate. The destination is always given: SQS does
// not know where a letter that the worker sent came from, and would stop with CouldNotDetermineMessageSource.
//
//   RUNNING ──all moved──► COMPLETED
//      ├──CancelMessageMoveTask──► CANCELLING ──► CANCELLED: what is moved stays moved
//      └──SQS may not, or cannot──► FAILED, and says why
import { setTimeout as sleep } from "node:timers/promises";
import {
  CancelMessageMoveTaskCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import type { Target } from "../target.ts";

type Queues = Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl" | "deadLetterQueueUrl">;

export interface MoveTask {
  status: string;
  moved: number;
  toMove: number | undefined;
  failureReason: string | undefined;
  startedAtMs: number | undefined;
}

export interface MoveOptions {
  ratePerSecond?: number | undefined;
  pollMs?: number;
  /** Cancels the task; what is moved stays moved. */
  signal?: AbortSignal;
  onProgress?(task: MoveTask): void;
}

/** SQS runs one at a time for each queue. */
export async function findRunningTask(target: Queues): Promise<MoveTask | undefined> {
  const task = await latestTask(target, await arnOf(target, target.deadLetterQueueUrl));
  return task && isUnderWay(task) ? task : undefined;
}

function isUnderWay({ status }: MoveTask): boolean {
  return status === "RUNNING" || status === "CANCELLING";
}

/** Resolves when the task has ended, in whatever way. */
export async function moveAll(target: Queues, options: MoveOptions = {}): Promise<MoveTask> {
  const { sqs, deadLetterQueueUrl, workQueueUrl, backfillQueueUrl = workQueueUrl } = target;
  const { ratePerSecond, pollMs = 1000, signal, onProgress } = options;
  const SourceArn = await arnOf(target, deadLetterQueueUrl);
  const earlier = await latestTask(target, SourceArn);
  const { TaskHandle } = await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn,
      DestinationArn: await arnOf(target, backfillQueueUrl),
      ...(ratePerSecond !== undefined && { MaxNumberOfMessagesPerSecond: ratePerSecond }),
    }),
  );
  let isCancelled = false;
  while (true) {
    const task = await latestTask(target, SourceArn);
    // The list may not have the new one yet.
    const isOurs = task !== undefined && task.startedAtMs !== earlier?.startedAtMs;
    if (isOurs) onProgress?.(task);
    if (isOurs && !isUnderWay(task)) return task;
    if (signal?.aborted && !isCancelled) {
      isCancelled = true;
      await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle })).catch(unlessOver);
    }
    await sleep(pollMs);
  }
}

/** It may end by itself before the request to cancel it arrives. */
function unlessOver(error: Error): void {
  if (error.name !== "InvalidParameterValue" && error.name !== "ResourceNotFoundException") throw error;
}

async function latestTask({ sqs }: Queues, SourceArn: string): Promise<MoveTask | undefined> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn, MaxResults: 1 }));
  const [task] = Results;
  return (
    task && {
      status: task.Status ?? "UNKNOWN",
      moved: task.ApproximateNumberOfMessagesMoved ?? 0,
      toMove: task.ApproximateNumberOfMessagesToMove,
      failureReason: task.FailureReason,
      startedAtMs: task.StartedTimestamp,
    }
  );
}

async function arnOf({ sqs }: Queues, QueueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  return Attributes?.QueueArn ?? "";
}
