// Numbers that put the events of a key in order, and its versions.

export const SEQUENCER_DIGITS = 18;
const TICKS_BITS = 20n;

let latest = 0n;

/** Hexadecimal and ever growing. */
export function nextSequencer(nowMs: number): string {
  const byTime = BigInt(nowMs) << TICKS_BITS;
  latest = byTime > latest ? byTime : latest + 1n;
  return latest.toString(16).toUpperCase().padStart(SEQUENCER_DIGITS, "0");
}

/** When it was made, in milliseconds. */
export function sequencerTime(sequencer: string): number {
  return Number(BigInt(`0x${sequencer}`) >> TICKS_BITS);
}
