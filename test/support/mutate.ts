// One random change to a file, of the kinds that transfers, disks and attackers make.
import type { Seeded } from "./seeded.ts";

type Mutation = (bytes: Buffer, random: Seeded) => Buffer;

/** Headers are where decoders decide; half of all changes go there. */
const HEADER_BYTES = 400;

const somewhere = (bytes: Buffer, random: Seeded) =>
  random.below(random.next() < 0.5 ? Math.min(HEADER_BYTES, bytes.length) : bytes.length);

/** Sizes and counts at which arithmetic breaks. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    for (let flips = 1 + random.below(4); flips > 0; flips -= 1) {
      bytes[somewhere(bytes, random)]! ^= 1 << random.below(8);
    }
    return bytes;
  },
  function setBytes(bytes, random) {
    for (let changes = 1 + random.below(8); changes > 0; changes -= 1) {
      bytes[somewhere(bytes, random)] = random.below(256);
    }
    return bytes;
  },
  function setNumber(bytes, random) {
    const at = somewhere(bytes, random);
    const value = random.pick(EXTREMES);
    if (at + 4 > bytes.length) return bytes;
    if (random.next() < 0.5) bytes.writeUInt32BE(value, at);
    else bytes.writeUInt32LE(value, at);
    return bytes;
  },
  function cut(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length - 1) + 1);
  },
  function remove(bytes, random) {
    const at = somewhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(32))]);
  },
  function insert(bytes, random) {
    const at = somewhere(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(32)), bytes.subarray(at)]);
  },
  function repeat(bytes, random) {
    const at = somewhere(bytes, random);
    const part = bytes.subarray(at, at + 1 + random.below(200));
    return Buffer.concat([bytes.subarray(0, at), part, part, bytes.subarray(at)]);
  },
  function zero(bytes, random) {
    const at = somewhere(bytes, random);
    return bytes.fill(0, at, Math.min(bytes.length, at + 1 + random.below(64)));
  },
];

export function mutated(original: Buffer, random: Seeded): Buffer {
  return random.pick(MUTATIONS)(Buffer.from(original), random);
}
