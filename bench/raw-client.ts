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
  body: Buffer;
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
        else reject(new Error(`${answer.status}: ${answer.body}`));
      }
      used.on("data", take).once("error", reject);
      used.write(request);
    });
  }

  return { ask, close: () => socket?.destroy() };
}

/** Undefined until the answer is whole. */
function createReader() {
  let head: { text: string; bytes: number } | undefined;
  return (chunks: Buffer[]): (RawAnswer & { closes: boolean }) | undefined => {
    if (!head) {
      const start = Buffer.concat(chunks);
      const end = start.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      head = { text: start.subarray(0, end).toString("latin1"), bytes: end + 4 };
    }
    const { text, bytes } = head;
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(text);
    if (!isWhole(head, chunks, isChunked)) return undefined;
    const body = Buffer.concat(chunks).subarray(bytes);
    const status = Number(text.slice(9, 12));
    const closes = /\r\nconnection: *close/i.test(text) || text.startsWith("HTTP/1.0");
    return { status, closes, body: isChunked ? unchunk(body) : body };
  };
}

function isWhole(
  { text, bytes }: { text: string; bytes: number },
  chunks: Buffer[],
  isChunked: boolean,
): boolean {
  if (isChunked) return chunks.at(-1)?.subarray(-5).equals(LAST_CHUNK) ?? false;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0) - bytes >= length;
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
