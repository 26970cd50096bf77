// aws-chunked, the upload framing of streamed PUTs: `<size hex>[;chunk-signature=…]\r\n<bytes>\r\n`, a chunk of size
// zero, then trailers. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { ServiceError } from "./model.ts";

/** No size line or trailer is longer; a longer one is not aws-chunked. */
const MAX_LINE_BYTES = 16_384;

/** Yields the bytes without their framing, and fills `trailers` (names in lower case) at the end. */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Record<string, string>,
): AsyncGenerator<Uint8Array> {
  const reader = createReader(body);
  for (;;) {
    const sizeLine = await reader.line();
    const digits = sizeLine?.split(";")[0]?.trim() ?? "";
    if (!/^[0-9a-f]{1,8}$/i.test(digits)) throw incomplete();
    const size = Number.parseInt(digits, 16);
    if (size === 0) break;
    yield* reader.bytes(size);
    if ((await reader.line()) !== "") throw incomplete();
  }
  // Some clients end at the last trailer, without an empty line.
  for (let line = await reader.line(); line; line = await reader.line()) {
    const at = line.indexOf(":");
    trailers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
}

function createReader(body: AsyncIterable<Uint8Array>) {
  const source = body[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);

  async function more(): Promise<boolean> {
    const { done, value } = await source.next();
    if (done) return false;
    buffer =
      buffer.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([buffer, value]);
    return true;
  }

  return {
    /** Undefined at the end of the body. */
    async line(): Promise<string | undefined> {
      for (;;) {
        const end = buffer.indexOf("\r\n");
        if (end >= 0) {
          const text = buffer.subarray(0, end).toString();
          buffer = buffer.subarray(end + 2);
          return text;
        }
        if (buffer.length > MAX_LINE_BYTES) throw incomplete();
        if (!(await more())) return undefined;
      }
    },
    async *bytes(size: number): AsyncGenerator<Uint8Array> {
      for (let left = size; left > 0; ) {
        if (buffer.length === 0 && !(await more())) throw incomplete();
        const part = buffer.subarray(0, left);
        buffer = buffer.subarray(part.length);
        left -= part.length;
        yield part;
      }
    },
  };
}

function incomplete(): ServiceError {
  return new ServiceError("IncompleteBody", "The request body terminated unexpectedly", { status: 400 });
}
