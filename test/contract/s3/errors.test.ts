import { createHash } from "node:crypto";
import { expect } from "chai";
import { element, type RawRequest, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
describe("contract: errors", () => {
  const bucket = useBucket(target);
  const get = (path: string, method = "GET", query: Record<string, string> = {}) =>
    sendSigned(target, { service: "s3", method, path, query });

  it("are XML with a code, a message, the key and the request's id", async () => {
    const { status, headers, text } = await get(`/${bucket.name}/missing`);
    expect(status).to.equal(404);
    expect(headers.get("content-type")).to.equal("application/xml");
    expect(text).to.match(/^<\?xml version="1.0" encoding="UTF-8"\?>\s*<Error>/i);
    expect(element("Code", text)).to.equal("NoSuchKey");
    expect(element("Message", text)).to.equal("The specified key does not exist.");
    expect(element("Key", text)).to.equal("missing");
    expect(element("RequestId", text)).to.equal(headers.get("x-amz-request-id"));
    expect(element("HostId", text)).to.equal(headers.get("x-amz-id-2")).and.to.have.length.above(0);
  });

  it("escape what they repeat", async () => {
    const { text } = await get(`/${bucket.name}/%3Ca%3E%26b`);
    expect(element("Key", text)).to.equal("&lt;a&gt;&amp;b");
  });

  it("name what they are about", async () => {
    const path = `/${bucket.name}/object`;
    const details = async (
      names: string[],
      method: string,
      request: Omit<RawRequest, "service" | "method">,
    ) => {
      const { text } = await sendSigned(target, { service: "s3", method, ...request });
      return names.map((name) => element(name, text));
    };
    const argument = ["ArgumentName", "ArgumentValue"];
    expect(
      await details(argument, "PUT", { path, headers: { "x-amz-copy-source": "nothing" } }),
    ).to.deep.equal(["x-amz-copy-source", "x-amz-copy-source"]);
    const query = { partNumber: "0", uploadId: "any" };
    expect(await details(argument, "PUT", { path, query, body: "x" })).to.deep.equal(["partNumber", "0"]);
    const policy = { path: `/${bucket.name}`, query: { policy: "" } };
    expect(await details(["Message", "BucketName"], "GET", policy)).to.deep.equal([
      "The bucket policy does not exist",
      bucket.name,
    ]);
    const md5 = (text: string) => createHash("md5").update(text).digest("base64");
    const wrong = { path, body: "x", headers: { "content-md5": md5("y") } };
    expect(await details(["ExpectedDigest", "CalculatedDigest"], "PUT", wrong)).to.deep.equal([
      md5("y"),
      md5("x"),
    ]);
    const invalid = { path, body: "x", headers: { "content-md5": "none" } };
    expect(await details(["Content-MD5"], "PUT", invalid)).to.deep.equal(["none"]);
  });

  it("have no body after HEAD", async () => {
    const { status, text } = await get(`/${bucket.name}/missing`, "HEAD");
    expect([status, text]).to.deep.equal([404, ""]);
  });

  it("are given for XML that is none", async () => {
    const request = {
      service: "s3",
      method: "POST",
      path: `/${bucket.name}`,
      query: { delete: "" },
    } as const;
    const body = "<Delete><Object>";
    const md5 = { "content-md5": createHash("md5").update(body).digest("base64") };
    const { status, text } = await sendSigned(target, { ...request, body, headers: md5 });
    expect([status, element("Code", text)]).to.deep.equal([400, "MalformedXML"]);
  });

  it("say 405 for a method a resource does not have", async () => {
    const { status, text } = await get(`/${bucket.name}/key`, "PATCH");
    expect([status, element("Code", text)]).to.deep.equal([405, "MethodNotAllowed"]);
  });

  it("say 403 to requests that are not signed", async () => {
    const answer = await fetch(`${target.endpoints.s3}/${bucket.name}/key`);
    expect(answer.status).to.equal(403);
    expect(element("Code", await answer.text())).to.equal("AccessDenied");
  });

  it("say 403 to an access key that does not exist", async () => {
    const credentials = { accessKeyId: "AKIAIOSFODNN7NOTHERE", secretAccessKey: "x" };
    const { status, text } = await sendSigned(
      { ...target, credentials },
      { service: "s3", method: "GET", path: `/${bucket.name}` },
    );
    expect([status, element("Code", text)]).to.deep.equal([403, "InvalidAccessKeyId"]);
  });

  it("say 403 to another secret", async () => {
    const credentials = { ...target.credentials, secretAccessKey: "another" };
    const { status, text } = await sendSigned(
      { ...target, credentials },
      { service: "s3", method: "GET", path: `/${bucket.name}` },
    );
    expect([status, element("Code", text)]).to.deep.equal([403, "SignatureDoesNotMatch"]);
  });
});
