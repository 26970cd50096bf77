// The lightest client there is: requests that are signed and put together beforehand, over sockets that stay open. What
// it measures is the server, although both share the processors.
import { connect, type Socket } from "node:net";
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";

export interface RawRequest {
  service: "s3" | "sqs";
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

export interface RawAnswer {
  status: number;
  /** Of the body. */
  bytes: number;
  /** Put together only for who asks: to a client that is to be light, that is much. */
  body(): Buffer;
}

/** The bytes of the request. */
export type Signed = Buffer;

export function createSigner(endpoint: string): (request: RawRequest) => Promise<Signed> {
  const { host, hostname, port } = new URL(endpoint);
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return async ({ service, method, path, headers = {}, body = Buffer.of() }) => {
    const signer = new SignatureV4({
      service,
      region: "us-east-1",
      credentials,
      sha256: Sha256,
      applyChecksum: service === "s3", // As the SDK: the header that names the body's hash is S3's.
    });
    const signed = await signer.sign({
      method,
      protocol: "http:",
      hostname,
      port: Number(port),
      path,
      query: {},
      headers: { host, ...headers, "content-length": String(body.length) },
      body,
    });
    const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), body]);
  };
}

export interface RawConnection {
  /** One at a time. Rejects for a status that is not 2xx. */
  ask(request: Signed): Promise<RawAnswer>;
  close(): void;
}

export function openConnection(endpoint: string): RawConnection {
  const { hostname, port } = new URL(endpoint);
  let socket: Socket | undefined;

  function open(): Socket {
    const opened = connect({ host: hostname, port: Number(port), noDelay: true });
    socket = opened;
    opened.once("close", () => {
      if (socket === opened) socket = undefined;
    });
    return opened;
  }

  function ask(request: Signed): Promise<RawAnswer> {
    const used = socket ?? open();
    const chunks: Buffer[] = [];
    const read = createReader();
    return new Promise((resolve, reject) => {
      function take(chunk: Buffer): void {
        chunks.push(chunk);
        const answer = read(chunks);
        if (!answer) return;
        used.off("data", take).off("error", reject);
        if (answer.closes) {
          used.destroy();
          socket = undefined;
        }
        if (answer.status < 300) resolve(answer);
        else reject(new Error(`${answer.status}: ${answer.body()}`));
      }
      used.on("data", take).once("error", reject);
      used.write(request);
    });
  }

  return { ask, close: () => socket?.destroy() };
}

interface Head {
  text: string;
  bytes: number;
  /** Undefined when the body comes in chunks. */
  bodyBytes: number | undefined;
}

/** To be called with all that has come, after each piece. Undefined until the answer is whole. */
function createReader() {
  let head: Head | undefined;
  let received = 0;
  return (pieces: Buffer[]): (RawAnswer & { closes: boolean }) | undefined => {
    const last = pieces.at(-1)!;
    received += last.length;
    head ??= headOf(pieces);
    if (!head) return undefined;
    const { text, bytes: start, bodyBytes } = head;
    const isWhole =
      bodyBytes === undefined ? last.subarray(-5).equals(LAST_CHUNK) : received - start >= bodyBytes;
    if (!isWhole) return undefined;
    const raw = () => Buffer.concat(pieces).subarray(start);
    const body = bodyBytes === undefined ? () => unchunk(raw()) : raw;
    return {
      status: Number(text.slice(9, 12)),
      bytes: bodyBytes ?? body().length,
      body,
      closes: /\r\nconnection: *close/i.test(text) || text.startsWith("HTTP/1.0"),
    };
  };
}

function headOf(pieces: Buffer[]): Head | undefined {
  const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  const end = all.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const text = all.subarray(0, end).toString("latin1");
  const isChunked = /\r\ntransfer-encoding: *chunked/i.test(text);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
  return { text, bytes: end + 4, bodyBytes: isChunked ? undefined : length };
}

const LAST_CHUNK = Buffer.from("0\r\n\r\n");

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}
