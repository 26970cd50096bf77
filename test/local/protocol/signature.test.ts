// The vectors are AWS's own: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
import { createHash, createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { expect } from "chai";
import { createIam } from "../../../local/iam/iam.ts";
import { createAuthentication } from "../../../local/protocol/authentication.ts";
import type { Request } from "../../../local/protocol/http.ts";
import { readSignature } from "../../../local/protocol/signature.ts";
import { rejection } from "../../support/rejection.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SIGNED_AT = Date.UTC(2013, 4, 24);
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SCOPE = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

interface Vector {
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  signature: string;
}

const VECTORS: Record<string, Vector> = {
  "GET of a range": {
    path: "/test.txt",
    headers: { range: "bytes=0-9" },
    signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
  },
  "PUT of a key with a dollar sign": {
    method: "PUT",
    path: "/test%24file.text",
    headers: {
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    },
    signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  },
  "GET of a sub-resource": {
    query: "lifecycle",
    signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  },
  "a listing": {
    query: "max-keys=2&prefix=J",
    signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
  },
};

function signed({ method = "GET", path = "/", query = "", headers = {}, signature }: Vector): Request {
  const all: Record<string, string> = {
    "x-amz-date": "20130524T000000Z",
    "x-amz-content-sha256": EMPTY,
    ...headers,
  };
  const names = ["host", ...Object.keys(all)].sort().join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${names},Signature=${signature}`;
  return request({ method, path, query: new URLSearchParams(query), headers: { ...all, authorization } });
}

function request(fields: Partial<Request>): Request {
  return {
    method: "GET",
    host: "examplebucket.s3.amazonaws.com",
    path: "/",
    query: new URLSearchParams(),
    headers: {},
    body: Readable.from([]),
    signal: new AbortController().signal,
    ...fields,
  };
}

function signByHand(canonical: string): string {
  const hash = createHash("sha256").update(canonical).digest("hex");
  const text = `AWS4-HMAC-SHA256\n20130524T000000Z\n${SCOPE.slice(SCOPE.indexOf("/") + 1)}\n${hash}`;
  const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
  const scope = ["20130524", "us-east-1", "s3", "aws4_request"];
  return hmac(scope.reduce<string | Buffer>(hmac, `AWS4${SECRET}`), text).toString("hex");
}

function verify(of: Request, nowMs = SIGNED_AT, payloadHash?: string): void {
  readSignature(of)!.verify(SECRET, nowMs, payloadHash);
}

describe("readSignature", () => {
  for (const [what, vector] of Object.entries(VECTORS)) {
    it(`verifies AWS's example of ${what}`, () => {
      verify(signed(vector));
    });
  }

  it("tells whose signature it is, and for which service", () => {
    const signature = readSignature(signed(VECTORS["a listing"]!));
    expect(signature).to.include({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", service: "s3", region: "us-east-1" });
  });

  it("is undefined for a request that is not signed", () => {
    expect(readSignature(request({}))).to.equal(undefined);
    expect(readSignature(request({ headers: { authorization: "Bearer token" } }))).to.equal(undefined);
  });

  const range = VECTORS["GET of a range"]!;
  const changes: Record<string, (vector: Vector) => Request> = {
    method: (vector) => signed({ ...vector, method: "HEAD" }),
    path: (vector) => signed({ ...vector, path: "/other.txt" }),
    query: (vector) => signed({ ...vector, query: "versionId=1" }),
    "signed header": (vector) => signed({ ...vector, headers: { range: "bytes=0-10" } }),
    host: (vector) => ({ ...signed(vector), host: "other.s3.amazonaws.com" }),
    "payload hash": (vector) => {
      const { headers, ...rest } = signed(vector);
      return { ...rest, headers: { ...headers, "x-amz-content-sha256": "0".repeat(64) } };
    },
    signature: (vector) => signed({ ...vector, signature: "0".repeat(64) }),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`refuses a request whose ${what} was changed`, () => {
      expect(() => verify(change(range)))
        .to.throw("does not match")
        .with.property("name", "SignatureDoesNotMatch");
    });
  }

  it("refuses another secret", () => {
    const signature = readSignature(signed(range))!;
    expect(() => signature.verify("another", SIGNED_AT))
      .to.throw()
      .with.property("name", "SignatureDoesNotMatch");
  });

  it("allows clocks to be 15 minutes apart, and no more", () => {
    verify(signed(range), SIGNED_AT + 14 * 60_000);
    for (const ms of [15 * 60_000, -15 * 60_000]) {
      expect(() => verify(signed(range), SIGNED_AT + ms))
        .to.throw()
        .with.property("name", "RequestTimeTooSkewed");
    }
  });

  it("sorts query parameters by name, not by name and value as one text", () => {
    const time = "x-amz-date:20130524T000000Z";
    const signature = signByHand(`GET\n/\na=1&a-b=2\nhost:h\n${time}\n\nhost;x-amz-date\n${EMPTY}`);
    const headers = {
      "x-amz-date": "20130524T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    };

    verify(request({ host: "h", query: new URLSearchParams("a-b=2&a=1"), headers }), SIGNED_AT, EMPTY);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html (Authorization, x-amz-date)
  it("takes the time from the header Date where there is no x-amz-date", () => {
    const date = "Fri, 24 May 2013 00:00:00 GMT";
    const signature = signByHand(`GET\n/\n\ndate:${date}\nhost:h\n\ndate;host\n${EMPTY}`);
    const authorization = `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=date;host, Signature=${signature}`;
    const dated = (date: string) => request({ host: "h", headers: { date, authorization } });

    verify(dated(date), SIGNED_AT, EMPTY);
    for (const wrong of ["Fri, 24 May 2013 00:16:00 GMT", "yesterday", ""])
      expect(() => verify(dated(wrong), SIGNED_AT, EMPTY))
        .to.throw()
        .with.property("name", "RequestTimeTooSkewed");
  });

  describe("of a presigned URL", () => {
    const presigned = (changed: Record<string, string> = {}) =>
      request({
        path: "/test.txt",
        query: new URLSearchParams({
          "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
          "X-Amz-Credential": SCOPE,
          "X-Amz-Date": "20130524T000000Z",
          "X-Amz-Expires": "86400",
          "X-Amz-SignedHeaders": "host",
          "X-Amz-Signature": "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
          ...changed,
        }),
      });

    it("verifies AWS's example until it expires", () => {
      verify(presigned(), SIGNED_AT + 86_400_000);
      expect(() => verify(presigned(), SIGNED_AT + 86_400_001)).to.throw("Request has expired");
    });

    it("refuses one whose life was made longer", () => {
      const error = expect(() => verify(presigned({ "X-Amz-Expires": "86401" }))).to.throw();
      error.with.property("name", "SignatureDoesNotMatch");
    });

    it("refuses one without a life", () => {
      expect(() => verify(presigned({ "X-Amz-Expires": "" }), SIGNED_AT + 1)).to.throw("Request has expired");
      expect(() => verify(presigned({ "X-Amz-Date": "" }))).to.throw("Request has expired");
    });
  });
});

describe("createAuthentication", () => {
  const authenticate = createAuthentication(createIam("000000000000"), () => SIGNED_AT);

  it("refuses a request that is not signed", async () => {
    expect((await rejection(authenticate(request({})))).name).to.equal("AccessDenied");
  });

  it("refuses a key it does not know", async () => {
    const error = await rejection(authenticate(signed(VECTORS["a listing"]!)));
    expect(error).to.include({ name: "InvalidAccessKeyId", status: 403 });
  });
});
