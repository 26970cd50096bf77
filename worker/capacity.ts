// How much one execution environment takes on at once, from its memory size alone.

const MIB = 1024 * 1024;

/** Lambda gives one whole vCPU per so much memory. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const VCPU_BYTES = 1769 * MIB;

/** Node.js with sharp and the SDK loaded stays near 110 MiB; the rest is slack for buffers and a fragmented heap. */
const PROCESS_BYTES = 150 * MIB;

export interface Capacity {
  /** Images in hand at once: one per vCPU, and two at least, so that one's transfers hide behind the other's rendering. */
  concurrency: number;
  /** Memory that rendering may use. */
  renderBytes: number;
}

export function capacityOf(memoryBytes: number, maxSourceBytes: number): Capacity {
  const concurrency = Math.max(2, Math.ceil(memoryBytes / VCPU_BYTES));
  const waitingSourceBytes = (concurrency - 1) * maxSourceBytes; // images that wait for admission hold their file
  return { concurrency, renderBytes: Math.max(0, memoryBytes - PROCESS_BYTES - waitingSourceBytes) };
}
