// JPEG files by hand: segments of `FF marker length …`.
import { big16, latin1 } from "./numbers.ts";

const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
const LONGEST_BODY = 65_533;

export function segment(code: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, code]), big16(body.length + 2), body]);
}

export function startOfFrame(width: number, height: number, code = 0xc0, components = 3): Buffer {
  const parts = Array.from({ length: components }, (_, index) => Buffer.from([index + 1, 0x11, 0]));
  return segment(
    code,
    Buffer.concat([Buffer.from([8]), big16(height), big16(width), Buffer.from([components]), ...parts]),
  );
}

/** A header with these segments and no pixels. */
export function jpegHead(...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([START, ...segments, END]);
}

/** A real JPEG with segments put right after its start. */
export function withSegments(jpeg: Buffer, ...segments: readonly Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}

export function exifSegment(block: Buffer): Buffer {
  return segment(0xe1, Buffer.concat([latin1("Exif\0\0"), block]));
}

/** As many segments as a colour profile takes. */
export function profileSegments(profile: Buffer): Buffer[] {
  const room = LONGEST_BODY - 14;
  const count = Math.ceil(profile.length / room);
  return Array.from({ length: count }, (_, index) =>
    segment(
      0xe2,
      Buffer.concat([
        latin1("ICC_PROFILE\0"),
        Buffer.from([index + 1, count]),
        profile.subarray(index * room, (index + 1) * room),
      ]),
    ),
  );
}
