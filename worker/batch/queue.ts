// What the worker asks of SQS.

/** A receipt handle is only good at the queue it came from. */
export interface ReceivedMessage {
  queueArn: string;
  receiptHandle: string;
}

export interface MessageQueue {
  /** Puts a copy into the dead-letter queue. Must reject unless SQS has taken it. */
  sendToDeadLetters(body: string, attributes: Record<string, string>): Promise<void>;
  /** Of what is done. Lambda deletes whatever is not reported back, so this may fail, or have happened already. */
  delete(message: ReceivedMessage): Promise<void>;
  /** Makes a received message visible again after so many seconds, instead of after the whole visibility timeout. */
  delayNextReceive(message: ReceivedMessage, seconds: number): Promise<void>;
}
