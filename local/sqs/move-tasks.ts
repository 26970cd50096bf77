// Message move tasks, AWS's own redrive. Limits kept: the source must be a dead-letter queue, one task per source, at most
// 500 messages a second; and a message that was sent straight to a dead-letter queue has no source to go back to, so
// without a destination the task fails at it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type {
  CancelMessageMoveTaskCommandInput,
  ListMessageMoveTasksCommandInput,
  StartMessageMoveTaskCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import { authorize, type SqsContext } from "./context.ts";
import { invalid } from "./message-attributes.ts";
import type { MessageRow } from "./message-table.ts";
import { sourcesOf } from "./queue-operations.ts";
import { doesNotExist, type Queue } from "./queues.ts";

const MAX_PER_SECOND = 500;
/** Steps are no more often: each write stays short, and few. */
const MAX_STEPS_PER_SECOND = 10;

interface TaskRow {
  id: string;
  source: string;
  destination: string | null;
  per_second: number | null;
  status: "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";
  moved: number;
  total: number;
  started: number;
  failure: string | null;
}

export function moveTaskHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { database } = context;
  return {
    StartMessageMoveTask: async (input: StartMessageMoveTaskCommandInput, request) => {
      const source = byArn(context, input.SourceArn, "SourceArn");
      authorize(context, request, "StartMessageMoveTask", source);
      const task = await start(context, source, input);
      run(context, source, task).catch((error: unknown) => {
        if (!context.closing.aborted) context.reportBug(error);
      });
      return { TaskHandle: task.id };
    },
    ListMessageMoveTasks: async (
      { SourceArn, MaxResults = 1 }: ListMessageMoveTasksCommandInput,
      request,
    ) => {
      const source = byArn(context, SourceArn, "SourceArn");
      authorize(context, request, "ListMessageMoveTasks", source);
      if (!(MaxResults >= 1 && MaxResults <= 10)) throw outOfRange("MaxResults", 10);
      const rows = database
        .sql("SELECT * FROM move_task WHERE source = ? ORDER BY started DESC, rowid DESC LIMIT ?")
        .all(source.arn, MaxResults);
      return { Results: (rows as unknown as TaskRow[]).map(describe) };
    },
    CancelMessageMoveTask: async ({ TaskHandle = "" }: CancelMessageMoveTaskCommandInput, request) => {
      authorize(context, request, "CancelMessageMoveTask", byArn(context, sourceOf(TaskHandle), "SourceArn"));
      const task = database.sql("SELECT * FROM move_task WHERE id = ?").get(TaskHandle) as unknown as
        | TaskRow
        | undefined;
      if (!task) throw new ServiceError("ResourceNotFoundException", "Task does not exist.", { status: 404 });
      if (task.status !== "RUNNING") throw invalid("Only active tasks can be cancelled.");
      await finish(context, TaskHandle, "CANCELLED");
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  };
}

/** A task that a crash interrupted has failed: what it moved is moved, what it did not is where it was. */
export function openMoveTasks(database: Database): void {
  database
    .sql(
      `CREATE TABLE IF NOT EXISTS move_task (
         id TEXT PRIMARY KEY, source TEXT NOT NULL, destination TEXT, per_second INTEGER, status TEXT NOT NULL,
         moved INTEGER NOT NULL, total INTEGER NOT NULL, started INTEGER NOT NULL, failure TEXT
       ) STRICT`,
    )
    .run();
  database
    .sql(
      "UPDATE move_task SET status = 'FAILED', failure = 'The service restarted.' WHERE status = 'RUNNING'",
    )
    .run();
}

async function start(
  context: SqsContext,
  source: Queue,
  input: StartMessageMoveTaskCommandInput,
): Promise<TaskRow> {
  const { database, messages, now } = context;
  const { DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = input;
  if (DestinationArn !== undefined) byArn(context, DestinationArn, "DestinationArn");
  if (sourcesOf(context, source.arn).length === 0)
    throw invalid("Source queue must be configured as a Dead Letter Queue.");
  if (perSecond !== undefined && !(perSecond >= 1 && perSecond <= MAX_PER_SECOND))
    throw outOfRange("MaxNumberOfMessagesPerSecond", MAX_PER_SECOND);
  const id = newHandle(source.arn);
  return database.write(() => {
    if (database.sql("SELECT 1 FROM move_task WHERE source = ? AND status = 'RUNNING'").get(source.arn)) {
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const { visible } = messages.counts(source);
    const row = database
      .sql("INSERT INTO move_task VALUES (?,?,?,?,'RUNNING',0,?,?,NULL) RETURNING *")
      .get(id, source.arn, DestinationArn ?? null, perSecond ?? null, visible, now());
    return row as unknown as TaskRow;
  });
}

function newHandle(sourceArn: string): string {
  return Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString("base64");
}

function sourceOf(handle: string): string {
  try {
    const { taskId, sourceArn } = JSON.parse(Buffer.from(handle, "base64").toString());
    if (typeof taskId === "string" && typeof sourceArn === "string") return sourceArn;
  } catch {
    // Refused below, like JSON that says something else.
  }
  throw invalid("Value for parameter TaskHandle is invalid.");
}

/**
 * Step by step, at an even rate, until nothing is left of what was there at the start, or somebody ends it. What comes back
 * meanwhile stays: else a message that fails at once would go round and round.
 */
async function run(context: SqsContext, source: Queue, task: TaskRow): Promise<void> {
  const newestId = context.messages.newestId();
  const rate = task.per_second ?? MAX_PER_SECOND;
  const perStep = Math.ceil(rate / MAX_STEPS_PER_SECOND);
  while (await step(context, source, task, { maximum: perStep, newestId }))
    await pause((1000 * perStep) / rate, undefined, { signal: context.closing, ref: false });
}

/** False when there is no more to do. */
async function step(
  context: SqsContext,
  source: Queue,
  task: TaskRow,
  which: Parameters<SqsContext["messages"]["move"]>[2],
): Promise<boolean> {
  const { database, messages, queues, arrivals } = context;
  try {
    const { moved, touched } = await database.write(() => {
      const running = database
        .sql("SELECT 1 FROM move_task WHERE id = ? AND status = 'RUNNING'")
        .get(task.id);
      if (!running) return { moved: 0, touched: new Set<Queue>() };
      const destinationOf = (row: MessageRow) => destination(context, task, row);
      const result = messages.move(queues.current(source), destinationOf, which);
      const update = result.moved > 0 ? "moved = moved + ?" : "status = 'COMPLETED', moved = moved + ?";
      database.sql(`UPDATE move_task SET ${update} WHERE id = ?`).run(result.moved, task.id);
      return result;
    });
    for (const queue of touched) arrivals.announce(queue);
    return moved > 0;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const isGone = error.name === "QueueDoesNotExist";
    await finish(context, task.id, "FAILED", isGone ? "AWS.SimpleQueueService.NonExistentQueue" : error.name);
    return false;
  }
}

function destination({ queues }: SqsContext, task: TaskRow, row: MessageRow): Queue {
  const found = queues.find(task.destination ?? row.dead_letter_source ?? "");
  if (found) return found;
  if (task.destination !== null) throw doesNotExist();
  throw new ServiceError("CouldNotDetermineMessageSource", "The message was not moved here by a queue.");
}

async function finish(
  { database }: SqsContext,
  id: string,
  status: TaskRow["status"],
  failure: string | null = null,
): Promise<void> {
  await database.write(() =>
    database
      .sql("UPDATE move_task SET status = ?, failure = ? WHERE id = ? AND status = 'RUNNING'")
      .run(status, failure, id),
  );
}

function describe(task: TaskRow): object {
  return {
    ...(task.status === "RUNNING" && { TaskHandle: task.id }),
    Status: task.status,
    SourceArn: task.source,
    ...(task.destination !== null && { DestinationArn: task.destination }),
    ...(task.per_second !== null && { MaxNumberOfMessagesPerSecond: task.per_second }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.total,
    ...(task.failure !== null && { FailureReason: task.failure }),
    StartedTimestamp: task.started,
  };
}

function byArn({ queues }: SqsContext, arn: string | undefined, parameter: string): Queue {
  const queue = queues.find(arn ?? "");
  if (queue) return queue;
  throw new ServiceError(
    "ResourceNotFoundException",
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    { status: 404 },
  );
}

function outOfRange(parameter: string, maximum: number): ServiceError {
  return invalid(
    `Value for parameter ${parameter} is invalid. Reason: You must enter a value that is between 1 and ${maximum}.`,
  );
}
