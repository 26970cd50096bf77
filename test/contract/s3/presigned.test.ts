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

  it("work for keys that must be encoded", async () => {
    const key = "a b+c%d/ü";
    await bucket.put(key, "hostile");
    const path = `/${bucket.name}/${key.split("/").map(encodeURIComponent).join("/")}`;
    expect((await call(await sign({ path }))).text).to.equal("hostile");
  });

  it("are good for one method only", async () => {
    const { status, text } = await call(await sign(), { method: "PUT", body: "x" });
    expect([status, element("Code", text)]).to.deep.equal([403, "SignatureDoesNotMatch"]);
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
  });

  it("last a week at most", async () => {
    const url = (await sign()).replace("X-Amz-Expires=60", "X-Amz-Expires=604801");
    const { status, text } = await call(url);
    expect([status, element("Code", text)]).to.deep.equal([400, "AuthorizationQueryParametersError"]);
  });

  it("refuse a changed expiry", async () => {
    const url = (await sign()).replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    expect(element("Code", (await call(url)).text)).to.equal("SignatureDoesNotMatch");
  });
});
