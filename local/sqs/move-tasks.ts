// Message move tasks, AWS's own redrive. Limits kept: the source must be a dead-letter queue, one task per source, at most
// 500 messages a second; and a message that was sent straight to a dead-letter queue has no source to go back to, so
// without a destination the task fails at it.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
import { randomUUID } from "node:crypto";
import type {
  CancelMessageMoveTaskCommandInput,
  ListMessageMoveTasksCommandInput,
  StartMessageMoveTaskCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { permittedQueue, type SqsContext } from "./context.ts";
import { invalid } from "./message-attributes.ts";
import type { MessageRow } from "./messages.ts";
import { sourcesOf } from "./queue-operations.ts";
import type { Queue } from "./queues.ts";

const MAX_PER_SECOND = 500;
/** Ten steps a second keep the rate even and each write short. */
const STEPS_PER_SECOND = 10;

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

export function moveTaskHandlers(context: SqsContext, closing: AbortSignal): Record<string, RpcHandler> {
  const { database } = context;
  createTable(context);
  return {
    StartMessageMoveTask: (input: StartMessageMoveTaskCommandInput, request) => {
      const source = byArn(context, input.SourceArn, "SourceArn");
      permittedQueue(context, request, "StartMessageMoveTask", source.name);
      return start(context, source, input, closing);
    },
    ListMessageMoveTasks: async (
      { SourceArn, MaxResults = 1 }: ListMessageMoveTasksCommandInput,
      request,
    ) => {
      const source = byArn(context, SourceArn, "SourceArn");
      permittedQueue(context, request, "ListMessageMoveTasks", source.name);
      const rows = database
        .sql("SELECT * FROM move_task WHERE source = ? ORDER BY started DESC, rowid DESC LIMIT ?")
        .all(source.arn, MaxResults);
      return { Results: (rows as unknown as TaskRow[]).map(describe) };
    },
    CancelMessageMoveTask: async ({ TaskHandle = "" }: CancelMessageMoveTaskCommandInput, request) => {
      const task = database.sql("SELECT * FROM move_task WHERE id = ?").get(TaskHandle) as unknown as
        | TaskRow
        | undefined;
      if (!task) throw new ServiceError("ResourceNotFoundException", "Task does not exist.", { status: 404 });
      permittedQueue(context, request, "CancelMessageMoveTask", task.source);
      if (task.status !== "RUNNING") throw invalid("Only active tasks can be cancelled.");
      await finish(context, TaskHandle, "CANCELLED");
      return { ApproximateNumberOfMessagesMoved: task.moved };
    },
  };
}

function createTable({ database }: SqsContext): void {
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
  closing: AbortSignal,
): Promise<object> {
  const { database, now } = context;
  const { DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = input;
  const destination =
    DestinationArn === undefined ? undefined : byArn(context, DestinationArn, "DestinationArn");
  if (sourcesOf(context, source.arn).length === 0)
    throw invalid("Source queue must be configured as a Dead Letter Queue.");
  if (perSecond !== undefined && !(perSecond >= 1 && perSecond <= MAX_PER_SECOND)) {
    throw invalid(
      `Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a value that is between 1 and ${MAX_PER_SECOND}.`,
    );
  }
  const id = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString("base64");
  await database.write(() => {
    if (database.sql("SELECT 1 FROM move_task WHERE source = ? AND status = 'RUNNING'").get(source.arn)) {
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    database
      .sql("INSERT INTO move_task VALUES (?,?,?,?,'RUNNING',0,?,?,NULL)")
      .run(
        id,
        source.arn,
        destination?.arn ?? null,
        perSecond ?? null,
        context.messages.counts(source).visible,
        now(),
      );
  });
  const perStep = Math.max(1, Math.round((perSecond ?? MAX_PER_SECOND) / STEPS_PER_SECOND));
  const timer = setInterval(
    () => void step(context, id, source, destination, perStep).then((done) => done && clearInterval(timer)),
    1000 / STEPS_PER_SECOND,
  );
  timer.unref();
  closing.addEventListener("abort", () => clearInterval(timer), { once: true });
  return { TaskHandle: id };
}

/** True when there is no more to do. */
async function step(
  context: SqsContext,
  id: string,
  source: Queue,
  destination: Queue | undefined,
  maximum: number,
): Promise<boolean> {
  const { database, messages, queues, arrivals } = context;
  const destinationOf = (row: MessageRow) => {
    const found = destination ?? queues.find(row.dead_letter_source ?? "");
    if (!found) throw new ServiceError("FAILED", "CouldNotDetermineMessageSource");
    return found;
  };
  try {
    const { moved, touched } = await database.write(() => {
      const running = database.sql("SELECT 1 FROM move_task WHERE id = ? AND status = 'RUNNING'").get(id);
      if (!running) return { moved: 0, touched: new Set<Queue>() };
      const result = messages.move(source, destinationOf, maximum);
      const update = result.moved > 0 ? "moved = moved + ?" : "status = 'COMPLETED', moved = moved + ?";
      database.sql(`UPDATE move_task SET ${update} WHERE id = ?`).run(result.moved, id);
      return result;
    });
    for (const queue of touched) arrivals.announce(queue);
    return moved === 0;
  } catch (error) {
    await finish(context, id, "FAILED", error instanceof Error ? error.message : String(error));
    return true;
  }
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
  if (queue && queue.arn === arn) return queue;
  throw new ServiceError(
    "ResourceNotFoundException",
    `The resource that you specified for the ${parameter} parameter doesn't exist.`,
    { status: 404 },
  );
}
