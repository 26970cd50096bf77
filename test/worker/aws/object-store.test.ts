import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { expect } from "chai";
import { createClients } from "../../../worker/aws/clients.ts";
import { createObjectStore } from "../../../worker/aws/object-store.ts";
import { Failure } from "../../../worker/failure.ts";
import type { ObjectStore } from "../../../worker/reconcile/store.ts";
import { rejection } from "../../support/rejection.ts";
import { startWireServer, useEndpoint, type WireServer } from "../../support/wire-server.ts";

const BODY = Buffer.from("the bytes of an image");
const ETAG = createHash("md5").update(BODY).digest("hex");
const PUT = { contentType: "image/webp", cacheControl: "max-age=300" };

describe("createObjectStore", () => {
  let server: WireServer;
  let restore: () => void;
  let store: ObjectStore;
  let answer: (response: ServerResponse) => void;

  beforeEach(async () => {
    server = await startWireServer((_request, response) => answer(response));
    restore = useEndpoint(server.endpoint);
    store = createObjectStore(createClients().s3, "renditions");
  });
  afterEach(async () => {
    restore();
    await server.close();
  });

  const refuse = (status: number, code: string) => (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/xml" });
    response.end(`<Error><Code>${code}</Code><Message>Told to.</Message></Error>`);
  };
  const give =
    (fields: Record<string, string | number>, body: Buffer = BODY) =>
    (response: ServerResponse) => {
      response.writeHead(200, { etag: `"${ETAG}"`, "content-length": body.length, ...fields }).end(body);
    };

  async function failureOf(promise: Promise<unknown>): Promise<Failure> {
    const error = await rejection(promise);
    expect(error).to.be.instanceOf(Failure);
    return error as Failure;
  }

  async function open() {
    const object = await store.get("cat.jpg");
    if (typeof object === "string") throw new Error(`Expected an object, but received ${object}.`);
    return object;
  }

  it("reads an object with its facts", async () => {
    answer = give({ "x-amz-version-id": "v1", "x-amz-meta-darkroom-sha256": "abc" });

    const object = await open();

    expect(object).to.include({ etag: ETAG, bytes: BODY.length, versionId: "v1" });
    expect(object.metadata).to.deep.equal({ "darkroom-sha256": "abc" });
    expect(Buffer.from(await object.read())).to.deep.equal(BODY);
  });

  it("closes the connection of what it does not read", async () => {
    let isClosed = Promise.withResolvers<void>();
    answer = (response) => {
      isClosed = Promise.withResolvers<void>();
      response.on("close", () => isClosed.resolve());
      response.writeHead(200, { etag: '"e"', "content-length": 1e9 }).write(BODY);
    };

    const object = await open();
    object.discard();

    await isClosed.promise;
  });

  it("takes a download that is cut short for a network failure", async () => {
    answer = (response) => {
      response.writeHead(200, { etag: '"e"', "content-length": 1000 }).write(BODY);
      setImmediate(() => response.destroy());
    };

    const object = await open();

    expect((await failureOf(object.read())).code).to.equal("NETWORK");
  });

  it("takes bytes that do not match their checksum for a damaged download", async () => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(BODY));
    const headers = { "x-amz-checksum-crc32": checksum.toString("base64") };
    answer = give(headers);
    expect(Buffer.from(await (await open()).read())).to.deep.equal(BODY);

    answer = give(headers, Buffer.from("THE bytes of an image"));
    const object = await open();

    expect((await failureOf(object.read())).code).to.equal("CHECKSUM_MISMATCH");
  });

  it("asks whether the object changed", async () => {
    answer = (response) => response.writeHead(304, { etag: `"${ETAG}"` }).end();

    expect(await store.get("cat.jpg", { ifNoneMatch: ETAG })).to.equal("unchanged");

    expect(server.requests[0]?.headers["if-none-match"]).to.equal(`"${ETAG}"`);
  });

  it("tells a missing object from a missing bucket", async () => {
    answer = refuse(404, "NoSuchKey");
    expect(await store.get("cat.jpg")).to.equal("absent");

    answer = refuse(404, "NoSuchBucket");
    expect((await failureOf(store.get("cat.jpg"))).code).to.equal("STORE_UNAVAILABLE");
  });

  it("reads the head of a missing object", async () => {
    answer = (response) => response.writeHead(404).end();

    expect(await store.head("cat.jpg")).to.equal("absent");
  });

  it("writes only on its condition", async () => {
    answer = give({});

    expect(await store.put("a", BODY, { ...PUT, condition: { ifNoneMatch: "*" } })).to.deep.equal({
      etag: ETAG,
    });
    await store.put("a", BODY, { ...PUT, metadata: { "darkroom-sha256": "x" }, condition: { ifMatch: "e" } });
    await store.delete("a", { ifMatch: "e" });

    const [first, second, third] = server.requests.map(({ headers }) => headers);
    expect(first).to.include({
      "if-none-match": "*",
      "content-type": "image/webp",
      "cache-control": "max-age=300",
    });
    expect(second).to.include({ "if-match": '"e"', "x-amz-meta-darkroom-sha256": "x" });
    expect(third).to.include({ "if-match": '"e"' });
  });

  for (const [status, code] of [
    [412, "PreconditionFailed"],
    [409, "ConditionalRequestConflict"],
    [404, "NoSuchKey"],
  ] as const) {
    it(`has lost its condition when S3 answers ${status} ${code}`, async () => {
      answer = refuse(status, code);

      expect(await store.put("a", BODY, { ...PUT, condition: { ifMatch: "e" } })).to.equal(
        "precondition-failed",
      );
      const deleted = code === "NoSuchKey" ? "deleted" : "precondition-failed";
      expect(await store.delete("a", { ifMatch: "e" })).to.equal(deleted);
    });
  }

  it("lists every page of a folder", async () => {
    const page = (key: string, next = "") =>
      `<ListBucketResult><Contents><Key>${key}</Key><ETag>&quot;e-${key}&quot;</ETag></Contents>` +
      `<IsTruncated>${next !== ""}</IsTruncated>${next}</ListBucketResult>`;
    answer = (response) => {
      const isFirst = server.requests.length === 1;
      response.end(isFirst ? page("a", "<NextContinuationToken>t</NextContinuationToken>") : page("b"));
    };

    const found = await store.list("cat.jpg/");

    expect([...found]).to.deep.equal([
      ["a", "e-a"],
      ["b", "e-b"],
    ]);
    expect(server.requests[0]?.url).to.include("delimiter=%2F").and.include("prefix=cat.jpg%2F");
  });

  for (const [status, name, code] of [
    [403, "AccessDenied", "ACCESS_DENIED"],
    [403, "InvalidObjectState", "ACCESS_DENIED"],
    [400, "ExpiredToken", "ACCESS_DENIED"],
    [400, "KeyTooLongError", "KEY_TOO_LONG"],
    [503, "SlowDown", "THROTTLED"],
    [429, "TooManyRequests", "THROTTLED"],
    [503, "ServiceUnavailable", "STORE_UNAVAILABLE"],
    [500, "InternalError", "STORE_UNAVAILABLE"],
    [400, "RequestTimeout", "NETWORK"],
    [400, "InvalidArgument", "UNKNOWN"],
  ] as const) {
    it(`calls ${status} ${name} ${code}`, async () => {
      answer = refuse(status, name);

      const failure = await failureOf(store.get("cat.jpg"));

      expect(failure.code).to.equal(code);
      expect(failure.message).to.equal(`${name}: Told to.: HTTP ${status}`);
    });
  }

  it("calls a connection that breaks NETWORK", async () => {
    answer = (response) => response.destroy();

    expect((await failureOf(store.head("cat.jpg"))).code).to.equal("NETWORK");
  });

  it("calls a name that cannot be looked up or a port nobody listens on NETWORK", async () => {
    await server.close();

    expect((await failureOf(store.head("cat.jpg"))).code).to.equal("NETWORK");
  });

  it("repeats a request that was throttled before it gives up", async () => {
    answer = (response) => (server.requests.length < 3 ? refuse(503, "SlowDown") : give({}))(response);

    expect(await store.head("cat.jpg")).to.include({ etag: ETAG });
  });

  describe("once the invocation's time is over", () => {
    const over = new Failure("OUT_OF_TIME", "over");

    it("sends nothing any more", async () => {
      answer = give({});
      store = createObjectStore(createClients().s3, "renditions", () => {
        throw over;
      });
      const condition = { ifNoneMatch: "*" } as const;

      for (const request of [
        store.get("a"),
        store.head("a"),
        store.list("a/"),
        store.put("a", BODY, { ...PUT, condition }),
        store.delete("a", { ifMatch: ETAG }),
      ]) {
        expect(await failureOf(request)).to.equal(over);
      }
      expect(server.requests).to.have.length(0);
    });

    it("does not repeat a request either", async () => {
      let isOver = false;
      answer = (response) => {
        isOver = true;
        refuse(503, "SlowDown")(response);
      };
      store = createObjectStore(createClients().s3, "renditions", () => {
        if (isOver) throw over;
      });

      expect(await failureOf(store.head("a"))).to.equal(over);
      expect(server.requests).to.have.length(1);
    });
  });
});
