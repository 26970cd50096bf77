// How often what goes wrong, each as a probability: per request, per message or per invocation, as said.

export interface Faults {
  /** Per invocation: its process is killed within its next requests. What it has sent by then still arrives. */
  kill: number;
  /** Per invocation: its process stands still past the visibility timeout, and then goes on. */
  freeze: number;
  /** Per invocation: it stands still for some seconds, and may miss its deadline. */
  stall: number;
  /** Per request: 503, before anything happened. */
  unavailable: number;
  throttled: number;
  /** Per request: it was done, but the answer did not arrive. */
  lostAnswer: number;
  /** Per conditional write: 409, because somebody else was writing there at that moment. */
  conflict: number;
  /** Per request: it takes seconds. */
  slowRequest: number;
  /** Per download: fewer bytes arrive than were announced. Half of them end with an error, half end as if all were well. */
  cutDownload: number;
  /** Per SendMessage to the dead-letter queue, on top of what befalls every request. */
  deadLetterQueueAway: number;
  /** Per ChangeMessageVisibility, likewise. */
  visibilityUnchanged: number;
  /** Per acknowledged message: Lambda's DeleteMessage fails, so it comes back after the visibility timeout. */
  lostDelete: number;
  /** Per event: S3 announces it twice. */
  duplicateEvent: number;
  /** Per message: SQS keeps a copy on another server, which is received and deleted on its own. */
  copiedMessage: number;
  /**
   * Per receive: SQS shows the very same message to somebody else although it is in flight. What one of the two then
   * acknowledges, the other cannot give back any more: the one hole that is known. See docs/architecture.md.
   */
  twinReceive: number;
  /** Per event: delivered minutes late, so after younger ones. */
  late: number;
  /** Per rendering: it fails in a way that nobody has thought of. */
  renderBug: number;
  /** Per rendering in a renderer that is not new: it crashes for what an earlier image did to it. */
  rendererCrash: number;
  /** Per rendering that has neighbours: its renderer is killed because they took more memory than was expected. */
  memoryShort: number;
}

export const HARSH: Faults = {
  kill: 0.11,
  freeze: 0.05,
  stall: 0.03,
  unavailable: 0.006,
  throttled: 0.004,
  lostAnswer: 0.008,
  conflict: 0.004,
  slowRequest: 0.01,
  cutDownload: 0.02,
  deadLetterQueueAway: 0.1,
  visibilityUnchanged: 0.1,
  lostDelete: 0.01,
  duplicateEvent: 0.03,
  copiedMessage: 0.02,
  twinReceive: 0,
  late: 0.13,
  renderBug: 0.005,
  rendererCrash: 0.005,
  memoryShort: 0.005,
};

export const CALM: Faults = {
  kill: 0,
  freeze: 0,
  stall: 0,
  unavailable: 0,
  throttled: 0,
  lostAnswer: 0,
  conflict: 0,
  slowRequest: 0,
  cutDownload: 0,
  deadLetterQueueAway: 0,
  visibilityUnchanged: 0,
  lostDelete: 0,
  duplicateEvent: 0,
  copiedMessage: 0,
  twinReceive: 0,
  late: 0,
  renderBug: 0,
  rendererCrash: 0,
  memoryShort: 0,
};

/** How often each went wrong. */
export type FaultCounts = Record<keyof Faults, number>;

export function noFaults(): FaultCounts {
  return { ...CALM };
}
