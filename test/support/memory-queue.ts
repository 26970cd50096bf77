// Remembers what the worker asked of its queues, and fails when told to.
import type { MessageQueue, ReceivedMessage } from "../../worker/batch/queue.ts";

export interface DeadLetterCopy {
  body: string;
  attributes: Record<string, string>;
}

export class MemoryQueue implements MessageQueue {
  readonly deadLetters: DeadLetterCopy[] = [];
  /** Receipt handle to seconds. */
  readonly delays = new Map<string, number>();
  /** Receipt handles. */
  readonly deleted: string[] = [];
  fails = { sending: false, deleting: false, delaying: false };

  async sendToDeadLetters(body: string, attributes: Record<string, string>): Promise<void> {
    if (this.fails.sending) throw new Error("The dead-letter queue is away.");
    this.deadLetters.push({ body, attributes });
  }

  async delete({ receiptHandle }: ReceivedMessage): Promise<void> {
    if (this.fails.deleting) throw new Error("The work queue is away.");
    this.deleted.push(receiptHandle);
  }

  async delayNextReceive({ receiptHandle }: ReceivedMessage, seconds: number): Promise<void> {
    if (this.fails.delaying) throw new Error("The work queue is away.");
    this.delays.set(receiptHandle, seconds);
  }
}
