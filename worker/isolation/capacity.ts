// How much one execution environment takes on at once, from its memory size alone.

const MIB = 1024 * 1024;

/** Lambda gives one whole vCPU per so much memory. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const VCPU_BYTES = 1769 * MIB;

/** For the runtime and the kernel, and for what a decoder takes between two looks of the memory guard. */
const SPARE = 0.05;

/** Node.js with the SDK and its buffers. */
const WORKER_BYTES = 80 * MIB;

/** Node.js with sharp, before the first image. */
const RENDERER_BYTES = 50 * MIB;

export interface Capacity {
  /** Images in hand at once: one per vCPU, and two at least, so that one's transfers hide behind the other's rendering. */
  concurrency: number;
  /** Memory that the worker and its renderers may take together. */
  limitBytes: number;
  /** Memory that rendering may take, of that. */
  renderBytes: number;
}

export function capacityOf(memoryBytes: number, maxSourceBytes: number): Capacity {
  const concurrency = Math.max(2, Math.ceil(memoryBytes / VCPU_BYTES));
  const waitingSourceBytes = (concurrency - 1) * maxSourceBytes; // images that wait for admission hold their file
  const limitBytes = Math.floor(memoryBytes * (1 - SPARE));
  return {
    concurrency,
    limitBytes,
    renderBytes: Math.max(0, limitBytes - WORKER_BYTES - waitingSourceBytes),
  };
}

/** What rendering takes when it is done in a process of its own: that, the worker's copy of the file, and one on its way. */
export function isolatedBytes(renderingBytes: number, sourceBytes: number): number {
  return renderingBytes + RENDERER_BYTES + 2 * sourceBytes;
}
