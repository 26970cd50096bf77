import { expect } from "chai";
import { orientationOf } from "../../../worker/inspect/exif.ts";
import { exifBlock, orientationBlock } from "../../support/image-files/exif.ts";

const SHORT = 3;
const entry = (tag: number, value: number) => ({ tag, type: SHORT, count: 1, value });

describe("orientationOf", () => {
  it("reads all eight in both byte orders", () => {
    for (const order of ["II", "MM"] as const) {
      const read = [1, 2, 3, 4, 5, 6, 7, 8].map((value) => orientationOf(orientationBlock(value, order)));

      expect(read).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it("finds it among other entries, wherever the directory lies", () => {
    expect(orientationOf(exifBlock([entry(0x10f, 9), entry(0x112, 3), entry(0x131, 7)], "MM", 500))).to.equal(
      3,
    );
  });

  it("reads it where a writer used four bytes instead of two", () => {
    for (const order of ["II", "MM"] as const) {
      expect(orientationOf(exifBlock([{ tag: 0x112, type: 4, count: 1, value: 6 }], order))).to.equal(6);
    }
  });

  it("is upright for nonsense", () => {
    for (const value of [0, 9, 255, 65_535]) expect(orientationOf(orientationBlock(value))).to.equal(1);
  });

  it("is upright for a block that is cut anywhere, empty, or points outside itself", () => {
    const whole = orientationBlock(6);
    // The value ends at 20; what follows is the pointer to a next directory.
    for (let length = 0; length < 20; length += 1)
      expect(orientationOf(whole.subarray(0, length))).to.equal(1);
    const astray = Buffer.from(whole);
    astray.writeUInt32LE(0xfffffff0, 4);
    expect(orientationOf(astray)).to.equal(1);
    const otherMagic = Buffer.from(whole);
    otherMagic[2] = 43;
    expect(orientationOf(otherMagic)).to.equal(1);
    expect(orientationOf(Buffer.from("not EXIF at all"))).to.equal(1);
  });
});
