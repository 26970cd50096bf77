import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import fc from "fast-check";
import { decodeAwsChunked } from "../../../local/protocol/aws-chunked.ts";
import { rejection } from "../../support/rejection.ts";

describe("decodeAwsChunked", () => {
  const decode = async (pieces: Uint8Array[]) => {
    const trailers: Record<string, string> = {};
    const body = await buffer(
      Readable.from(decodeAwsChunked(Readable.from(pieces), trailers), { objectMode: false }),
    );
    return { body, trailers };
  };
  const frame = (chunks: Uint8Array[], trailer = "") =>
    Buffer.concat([
      ...chunks.flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}\r\n`),
        chunk,
        Buffer.from("\r\n"),
      ]),
      Buffer.from(`0\r\n${trailer}\r\n`),
    ]);

  it("gives back any bytes in any chunks, however the network cuts them", async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(
      fc.array(chunk, { maxLength: 6 }),
      fc.integer({ min: 1, max: 50 }),
      async (chunks, pieceBytes) => {
        const framed = frame(chunks, "x-amz-checksum-crc32:AAAA==\r\n");
        const count = Math.ceil(framed.length / pieceBytes);
        const pieces = Array.from({ length: count }, (_, at) =>
          framed.subarray(at * pieceBytes, (at + 1) * pieceBytes),
        );
        const { body, trailers } = await decode(pieces);

        expect(body).to.deep.equal(Buffer.concat(chunks));
        expect(trailers).to.deep.equal({ "x-amz-checksum-crc32": "AAAA==" });
      },
    );
    await fc.assert(property, { seed: 20261123, numRuns: 200 });
  });

  it("ignores the signatures of chunks", async () => {
    const framed = Buffer.from("3;chunk-signature=00ff\r\nabc\r\n0;chunk-signature=00ff\r\n\r\n");
    const { body } = await decode([framed]);
    expect(body.toString()).to.equal("abc");
  });

  it("takes a last trailer without an empty line, as some clients send it", async () => {
    const { body, trailers } = await decode([
      Buffer.from("1\r\na\r\n0\r\nX-Amz-Checksum-Crc32 : 6Le+Qw==\r\n"),
    ]);
    expect(body.toString()).to.equal("a");
    expect(trailers).to.deep.equal({ "x-amz-checksum-crc32": "6Le+Qw==" });
  });

  for (const [what, framed] of Object.entries({
    "no framing at all": "just bytes",
    "an empty body": "",
    "a chunk that is cut short": "5\r\nabc",
    "a chunk longer than its size": "2\r\nabc\r\n0\r\n\r\n",
    "no last chunk": "3\r\nabc\r\n",
  })) {
    it(`refuses ${what}`, async () => {
      const error = await rejection(decode([Buffer.from(framed)]));
      expect(error.name).to.equal("IncompleteBody");
    });
  }

  it("refuses a size line without end before it fills the memory", async () => {
    let sent = 0;
    const endless = async function* () {
      for (; sent < 1_000_000; sent += 1000) yield Buffer.alloc(1000, "0");
    };
    const error = await rejection(buffer(Readable.from(decodeAwsChunked(endless(), {}))));
    expect(error.name).to.equal("IncompleteBody");
    expect(sent).to.be.below(20_000);
  });
});
