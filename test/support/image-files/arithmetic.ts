// JPEG with arithmetic coding (ITU-T T.81, SOF9), which sharp reads but cannot write: pictures of flat blocks, so that what a
// decoder must show is known without one. Of each block only its mean is coded; all else is "end of block".
import { segment } from "./jpeg.ts";
import { latin1 } from "./numbers.ts";

/** Y, Cb and Cr, each from 0 to 255. */
export type BlockColour = readonly [number, number, number];

export const BLOCK_SIDE = 8;

export function arithmeticJpeg(columns: number, rows: number, blocks: readonly BlockColour[]): Buffer {
  const [width, height] = [columns * BLOCK_SIDE, rows * BLOCK_SIDE];
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const components = [1, 2, 3];
  // Steps of 8 make the mean of a block what it is called, less 128.
  const steps = segment(0xdb, Buffer.from([0, ...Array<number>(64).fill(8)]));
  const frame = segment(0xc9, Buffer.from([8, ...size, 3, ...components.flatMap((id) => [id, 0x11, 0])]));
  const scan = segment(0xda, Buffer.from([3, ...components.flatMap((id) => [id, 0]), 0, 63, 0]));
  const jfif = segment(0xe0, Buffer.concat([latin1("JFIF\0"), Buffer.from([1, 1, 0, 0, 1, 0, 1, 0, 0])]));
  return Buffer.concat([latin1("\xff\xd8"), jfif, steps, frame, scan, coded(blocks), latin1("\xff\xd9")]);
}

/** Contexts are numbers: those of means from 0, those of what follows from 64; all components share them. */
const END_OF_BLOCK = 64;
const MAGNITUDES = 20;

function coded(blocks: readonly BlockColour[]): Buffer {
  const coder = createCoder();
  const last = [0, 0, 0];
  const context = [0, 0, 0];
  for (const block of blocks) {
    for (const [index, level] of block.entries()) {
      const mean = level - 128;
      context[index] = codeDifference(coder, mean - last[index]!, context[index]!);
      last[index] = mean;
      coder.code(END_OF_BLOCK, 1);
    }
  }
  return coder.end();
}

/** Figures F.4 to F.9: zero or not, its sign, how many bits it has, and these. Returns the next one's context. */
function codeDifference({ code }: Coder, difference: number, context: number): number {
  code(context, Number(difference !== 0));
  if (difference === 0) return 0;
  const isNegative = difference < 0;
  code(context + 1, Number(isNegative));
  const rest = Math.abs(difference) - 1;
  let at = context + (isNegative ? 3 : 2);
  let highest = 0;
  if (rest > 0) {
    code(at, 1);
    at = MAGNITUDES;
    highest = 1;
    for (let bits = rest >> 1; bits > 0; bits >>= 1) {
      code(at, 1);
      highest <<= 1;
      at += 1;
    }
  }
  code(at, 0);
  for (let bit = highest >> 1; bit > 0; bit >>= 1) code(at + 14, Number((bit & rest) !== 0));
  return (isNegative ? 8 : 4) + (highest > 1 ? 8 : 0);
}

interface Coder {
  code(context: number, decision: number): void;
  end(): Buffer;
}

/** Annex D: an interval that is divided at each decision, and whose lower end is what is written. */
function createCoder(): Coder {
  const states = new Map<number, { index: number; likely: number }>();
  const bytes: number[] = [];
  let [low, range, bitsToByte] = [0, 0x10000, 11];

  function put(byte: number): void {
    for (let at = bytes.length - 1; byte > 255 && at >= 0; at -= 1) {
      bytes[at] = (bytes[at]! + 1) & 255;
      if (bytes[at] !== 0) break; // or the carry goes on
    }
    bytes.push(byte & 255);
  }

  function renormalise(): void {
    do {
      range *= 2;
      low *= 2;
      bitsToByte -= 1;
      if (bitsToByte > 0) continue;
      put(Math.floor(low / 2 ** 19));
      low %= 2 ** 19;
      bitsToByte = 8;
    } while (range < 0x8000);
  }

  return {
    code(context, decision) {
      const state = states.get(context) ?? { index: 0, likely: 0 };
      states.set(context, state);
      const [share, afterUnlikely, afterLikely, switches] = STATES[state.index]!;
      const isLikely = decision === state.likely;
      range -= share;
      if (isLikely && range >= 0x8000) return;
      // The larger part is the likely one's, whichever that is by now.
      if (isLikely === range < share) {
        low += range;
        range = share;
      }
      if (!isLikely && switches === 1) state.likely = 1 - state.likely;
      state.index = isLikely ? afterLikely : afterUnlikely;
      renormalise();
    },
    end() {
      const highest = low + range - 1;
      const rounded = highest - (highest % 0x10000);
      const last = (rounded < low ? rounded + 0x8000 : rounded) * 2 ** bitsToByte;
      put(Math.floor(last / 2 ** 19));
      put(Math.floor(last / 2 ** 11) & 255);
      return Buffer.from(bytes.flatMap((byte) => (byte === 255 ? [255, 0] : [byte])));
    },
  };
}

/** Table D.3: the unlikely one's share, the next state after that one and after the likely one, and whether they switch. */
const TABLE =
  "5a1d,1,1,1 2586,14,2 1114,16,3 80b,18,4 3d8,20,5 1da,23,6 e5,25,7 6f,28,8 36,30,9 1a,33,10 d,35,11 6,9,12 3,10,13 1,12,13 " +
  "5a7f,15,15,1 3f25,36,16 2cf2,38,17 207c,39,18 17b9,40,19 1182,42,20 cef,43,21 9a1,45,22 72f,46,23 55c,48,24 406,49,25 " +
  "303,51,26 240,52,27 1b1,54,28 144,56,29 f5,57,30 b7,59,31 8a,60,32 68,62,33 4e,63,34 3b,32,35 2c,33,9 5ae1,37,37,1 " +
  "484c,64,38 3a0d,65,39 2ef1,67,40 261f,68,41 1f33,69,42 19a8,70,43 1518,72,44 1177,73,45 e74,74,46 bfb,75,47 9f8,77,48 " +
  "861,78,49 706,79,50 5cd,48,51 4de,50,52 40f,50,53 363,51,54 2d4,52,55 25c,53,56 1f8,54,57 1a4,55,58 160,56,59 125,57,60 " +
  "f6,58,61 cb,59,62 ab,61,63 8f,61,32 5b12,65,65,1 4d04,80,66 412c,81,67 37d8,82,68 2fe8,83,69 293c,84,70 2379,86,71 " +
  "1edf,87,72 1aa9,87,73 174e,72,74 1424,72,75 119c,74,76 f6b,74,77 d51,75,78 bb6,77,79 a40,77,48 5832,80,81,1 4d1c,88,82 " +
  "438e,89,83 3bdd,90,84 34ee,91,85 2eae,92,86 299a,93,87 2516,86,71 5570,88,89,1 4ca9,95,90 44d9,96,91 3e22,97,92 " +
  "3824,99,93 32b4,99,94 2e17,93,86 56a8,95,96,1 4f46,101,97 47e5,102,98 41cf,103,99 3c3d,104,100 375e,99,93 5231,105,102 " +
  "4c0f,106,103 4639,107,104 415e,103,99 5627,105,106,1 50e7,108,107 4b85,109,103 5597,110,109 504f,111,107 5a10,110,111,1 " +
  "5522,112,109 59eb,112,111,1";

const STATES = TABLE.split(" ").map((entry) => {
  const [share = "", afterUnlikely, afterLikely, switches = 0] = entry.split(",");
  return [Number.parseInt(share, 16), Number(afterUnlikely), Number(afterLikely), Number(switches)] as const;
});
