import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { expect } from "chai";
import { type Handle, type Request, readBody, serve } from "../../../local/protocol/http.ts";
import { rejection } from "../../support/rejection.ts";

describe("serve", () => {
  let close: (() => Promise<void>) | undefined;

  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  const start = async (handle: Handle) => {
    const server = await serve(handle, 0);
    close = server.close;
    return { port: server.port, url: `http://127.0.0.1:${server.port}` };
  };

  it("hands over the path as sent and the query decoded", async () => {
    const seen: Request[] = [];
    const { url, port } = await start(async (request) => {
      seen.push(request);
      return { status: 200, headers: {} };
    });
    await fetch(`${url}/a%20b/%C3%BC?prefix=x%2By&flag`, { headers: { "X-Amz-Meta-A": "1" } });

    expect(seen[0]).to.include({ method: "GET", path: "/a%20b/%C3%BC", host: `127.0.0.1:${port}` });
    expect([...seen[0]!.query]).to.deep.equal([
      ["prefix", "x+y"],
      ["flag", ""],
    ]);
    expect(seen[0]!.headers["x-amz-meta-a"]).to.equal("1");
  });

  it("answers a refused upload although its body was never read to the end", async () => {
    const { url } = await start(async (request) => {
      const error = await rejection(readBody(request, 1000));
      return { status: 400, headers: {}, body: error.name };
    });
    const response = await fetch(url, { method: "PUT", body: Buffer.alloc(3_000_000) });

    expect(response.status).to.equal(400);
    expect(await response.text()).to.equal("EntityTooLarge");
  });

  it("tells the handler when the client has gone", async () => {
    const arrived = Promise.withResolvers<Request>();
    const { port } = await start((request) => {
      arrived.resolve(request);
      return new Promise(() => {});
    });
    const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
    const { signal } = await arrived.promise;
    const gone = new Promise((resolve) => signal.addEventListener("abort", resolve));
    socket.destroy();

    await gone;
  });

  it("gives up a body that the client leaves off", async () => {
    const read = Promise.withResolvers<Error>();
    const { port } = await start(async (request) => {
      read.resolve(await rejection(readBody(request)));
      return { status: 400, headers: {} };
    });
    const head = "PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${head}half`, () => socket.destroy()));

    expect((await read.promise).message).to.match(/aborted|closed the connection/);
  });

  it("lets go of a body that nobody downloads any more", async () => {
    const released = Promise.withResolvers<void>();
    const endless = new Readable({
      read() {
        this.push(Buffer.alloc(65_536));
      },
      destroy(error, callback) {
        released.resolve();
        callback(error);
      },
    });
    const { url } = await start(async () => ({ status: 200, headers: {}, body: endless }));
    const { body } = await fetch(url);
    await body?.cancel();

    await released.promise;
  });

  it("breaks the connection when a body fails halfway: a short answer must not look whole", async () => {
    const body = Readable.from(
      (async function* () {
        yield Buffer.from("half");
        throw new Error("disk");
      })(),
    );
    const { url } = await start(async () => ({ status: 200, headers: { "content-length": "8" }, body }));
    const response = await fetch(url);

    await rejection(response.text());
  });

  it("serves requests that expect something else than to continue", async () => {
    const { port } = await start(async () => ({ status: 200, headers: {} }));
    const sent = request({ port, headers: { expect: "200" } }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).to.equal(200);
  });

  it("listens on the loopback interface only", async () => {
    const { port } = await start(async () => ({ status: 200, headers: {} }));
    await rejection(fetch(`http://[::1]:${port}/`));
  });
});
