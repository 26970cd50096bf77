// ISO base media boxes, of which HEIF files are made: `length type body`, nested. A walk looks at each box once, and never
// into a body that it is not asked for.

export interface Box {
  type: string;
  body: Buffer;
  /** Whether the file ends before the box does. */
  isCut: boolean;
}

const HEAD_BYTES = 8;
const LARGE_HEAD_BYTES = 16;

export function* boxesIn(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const { headBytes, length } = measure(bytes, at);
    if (length < headBytes) return;
    const type = bytes.toString("latin1", at + 4, at + 8);
    yield { type, body: bytes.subarray(at + headBytes, at + length), isCut: at + length > bytes.length };
    at += length;
  }
}

export function boxIn(bytes: Buffer, type: string): Box | undefined {
  for (const box of boxesIn(bytes)) if (box.type === type) return box;
  return undefined;
}

/** A length of 1 is followed by one of 64 bits; 0 means up to the end. */
function measure(bytes: Buffer, at: number): { headBytes: number; length: number } {
  const length = bytes.readUInt32BE(at);
  if (length === 0) return { headBytes: HEAD_BYTES, length: bytes.length - at };
  if (length !== 1) return { headBytes: HEAD_BYTES, length };
  if (at + LARGE_HEAD_BYTES > bytes.length) return { headBytes: LARGE_HEAD_BYTES, length: 0 };
  return { headBytes: LARGE_HEAD_BYTES, length: Number(bytes.readBigUInt64BE(at + HEAD_BYTES)) };
}
