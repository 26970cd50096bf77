// What the worker asks of SQS. Deleting is not here: Lambda deletes what the worker does not report back.

export interface MessageQueue {
  /** Puts a copy into the dead-letter queue. Must reject unless SQS has taken it. */
  sendToDeadLetters(body: string, attributes: Record<string, string>): Promise<void>;
  /** Makes a received message visible again after so many seconds, instead of after the whole visibility timeout. */
  delayNextReceive(message: { queueArn: string; receiptHandle: string }, seconds: number): Promise<void>;
}
