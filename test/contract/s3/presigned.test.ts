import { createHash } from "node:crypto";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, presign, type RawRequest, read } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
describe("contract: presigned URLs", () => {
  const bucket = useBucket(target);
  before(() => bucket.put("object", "content", { ContentType: "text/plain" }));
  const sign = (request: Partial<RawRequest> = {}, expiresIn?: number, at?: Date) =>
    presign(
      target,
      { service: "s3", method: "GET", path: `/${bucket.name}/object`, ...request },
      expiresIn,
      at,
    );
  const call = async (url: string, init: RequestInit = {}) => read(await fetch(url, init));

  it("let anybody read", async () => {
    const { status, text, headers } = await call(await sign());
    expect([status, text, headers.get("content-type")]).to.deep.equal([200, "content", "text/plain"]);
  });

  it("let anybody head", async () => {
    const { status, headers } = await call(await sign({ method: "HEAD" }), { method: "HEAD" });
    expect([status, headers.get("content-length")]).to.deep.equal([200, "7"]);
  });

  it("let anybody write", async () => {
    const url = await sign({ method: "PUT", path: `/${bucket.name}/written` });
    expect((await call(url, { method: "PUT", body: "by anybody" })).status).to.equal(200);
    expect(await bucket.text("written")).to.equal("by anybody");
  });

  it("let anybody delete", async () => {
    await bucket.put("deleted");
    const url = await sign({ method: "DELETE", path: `/${bucket.name}/deleted` });
    expect((await call(url, { method: "DELETE" })).status).to.equal(204);
    expect((await refused(bucket.head("deleted"))).status).to.equal(404);
  });

  it("carry overrides of the answer's headers", async () => {
    const url = await sign({ query: { "response-content-disposition": "attachment" } });
    expect((await call(url)).headers.get("content-disposition")).to.equal("attachment");
  });

  it("carry headers in the query", async () => {
    const query = { "x-amz-meta-colour": "blue" };
    const url = await sign({ method: "PUT", path: `/${bucket.name}/hoisted`, query });
    expect((await call(url, { method: "PUT", body: "x" })).status).to.equal(200);
    expect((await bucket.head("hoisted")).Metadata).to.deep.equal({ colour: "blue" });
  });

  it("carry a checksum in the query, which the bytes must have", async () => {
    const query = { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-sdk-checksum-algorithm": "CRC32" };
    const url = await sign({ method: "PUT", path: `/${bucket.name}/checked`, query });
    expect(element("Code", (await call(url, { method: "PUT", body: "x" })).text)).to.equal("BadDigest");
    expect((await call(url, { method: "PUT", body: "" })).status).to.equal(200);
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
  for (const [condition, value] of [
    ["If-None-Match", "*"],
    ["If-Match", '"d41d8cd98f00b204e9800998ecf8427e"'],
  ] as const) {
    it(`carry ${condition} in the query`, async () => {
      const url = await sign({ method: "PUT", query: { [condition]: value } });
      const { status, text } = await call(url, { method: "PUT", body: "x" });
      expect([status, element("Code", text)]).to.deep.equal([412, "PreconditionFailed"]);
    });
  }

  it("work for keys that must be encoded", async () => {
    const key = "a b+c%d/ü";
    await bucket.put(key, "hostile");
    const path = `/${bucket.name}/${key.split("/").map(encodeURIComponent).join("/")}`;
    expect((await call(await sign({ path }))).text).to.equal("hostile");
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  it("work with a slash that was encoded on the way", async () => {
    await bucket.put("a/b", "below");
    const url = await sign({ path: `/${bucket.name}/a/b` });
    expect((await call(url.replace("/a/b?", "/a%2Fb?"))).text).to.equal("below");
  });

  it("work with signed headers that are UTF-8", async () => {
    const path = `/${bucket.name}/utf-8`;
    const url = await sign({ method: "PUT", path, headers: { "x-amz-meta-city": "Zürich" } });
    const sent = Buffer.from("Zürich").toString("latin1"); // fetch sends a byte for each character
    const { status } = await call(url, { method: "PUT", body: "x", headers: { "x-amz-meta-city": sent } });
    expect(status).to.equal(200);
  });

  it("are good for one method only", async () => {
    const { status, text } = await call(await sign(), { method: "PUT", body: "x" });
    expect([status, element("Code", text)]).to.deep.equal([403, "SignatureDoesNotMatch"]);
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
  it("are refused with what should have been signed", async () => {
    const { text } = await call(await sign(), { method: "PUT", body: "x" });
    const canonical = element("CanonicalRequest", text) ?? "";
    expect(canonical).to.match(new RegExp(`^PUT\n/${bucket.name}/object\n`));
    const hash = createHash("sha256").update(canonical.replaceAll("&amp;", "&")).digest("hex");
    expect(element("StringToSign", text)?.split("\n").at(-1)).to.equal(hash);
    expect(element("CanonicalRequestBytes", text)).to.match(/^50 55 54 0a 2f /);
  });

  it("are good for one key only", async () => {
    const url = (await sign()).replace("/object?", "/other?");
    expect((await call(url)).status).to.equal(403);
  });

  it("are good with the headers that were signed only", async () => {
    const request = {
      method: "PUT",
      path: `/${bucket.name}/typed`,
      headers: { "content-type": "image/png" },
    };
    const url = await sign(request);
    const put = (type: string) => call(url, { method: "PUT", body: "x", headers: { "content-type": type } });
    expect((await put("image/gif")).status).to.equal(403);
    expect((await put("image/png")).status).to.equal(200);
  });

  it("refuse x-amz headers that were not signed", async () => {
    const url = await sign({ method: "PUT", path: `/${bucket.name}/unsigned` });
    const headers = { "x-amz-meta-sneaky": "1" };
    const { status, text } = await call(url, { method: "PUT", body: "x", headers });
    expect([status, element("Code", text)]).to.deep.equal([403, "AccessDenied"]);
    expect(element("HeadersNotSigned", text)).to.equal("x-amz-meta-sneaky");
  });

  it("expire", async () => {
    const url = await sign({}, 60, new Date(Date.now() - 120_000));
    const { status, text } = await call(url);
    expect([status, element("Code", text)]).to.deep.equal([403, "AccessDenied"]);
    expect(element("Message", text)).to.equal("Request has expired");
    expect(element("X-Amz-Expires", text)).to.equal("60");
    expect(Date.parse(element("Expires", text) ?? "")).to.be.below(
      Date.parse(element("ServerTime", text) ?? ""),
    );
  });

  it("last a week at most", async () => {
    const url = (await sign()).replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    const { status, text } = await call(url);
    expect([status, element("Code", text)]).to.deep.equal([400, "AuthorizationQueryParametersError"]);
  });

  for (const name of ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"]) {
    it(`need X-Amz-${name}`, async () => {
      const url = new URL(await sign());
      url.searchParams.delete(`X-Amz-${name}`);
      const { status, text } = await call(url.href);
      expect([status, element("Code", text)]).to.deep.equal([400, "AuthorizationQueryParametersError"]);
    });
  }

  it("need a credential that is whole", async () => {
    const { status, text } = await call((await sign()).replaceAll("%2F", "%252F"));
    expect([status, element("Code", text)]).to.deep.equal([400, "AuthorizationQueryParametersError"]);
    expect(element("Message", text)).to.include("X-Amz-Credential");
  });

  it("refuse a changed expiry", async () => {
    const url = (await sign()).replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    expect(element("Code", (await call(url)).text)).to.equal("SignatureDoesNotMatch");
  });
});
