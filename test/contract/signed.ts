// Requests that the SDK does not make, signed as AWS asks: old protocols, damaged bodies, presigned URLs.
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Service, Target } from "./target.ts";

export interface RawRequest {
  service: Service;
  method: string;
  /** Percent-encoded. */
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
}

export interface RawResponse {
  status: number;
  headers: Headers;
  text: string;
}

/** Signs and sends; the body's hash is signed unless the headers name another one. */
export async function sendSigned(target: Target, request: RawRequest): Promise<RawResponse> {
  const signed = (await signerOf(target, request.service).sign(httpRequest(target, request))) as HttpRequest;
  const { host: _, ...headers } = signed.headers; // fetch sets it, to the same.
  return read(
    await fetch(urlOf(target, request), { method: request.method, headers, body: bodyOf(request) }),
  );
}

/** A URL that carries its own signature; `request.headers` must be sent along. Only of S3 is the body not signed. */
export async function presign(target: Target, request: RawRequest, expiresIn = 60, signingDate = new Date()) {
  const unsigned = httpRequest(target, {
    ...request,
    headers: {
      ...request.headers,
      ...(request.service === "s3" && { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
    },
  });
  const signed = await signerOf(target, request.service).presign(unsigned, {
    expiresIn,
    signingDate,
    unsignableHeaders: new Set(["x-amz-content-sha256"]),
    unhoistableHeaders: new Set(Object.keys(request.headers ?? {})),
  });
  return urlOf(target, { ...request, query: signed.query as Record<string, string> });
}

export async function read(response: Response): Promise<RawResponse> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The text of an element of XML. */
export function element(name: string, xml: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function signerOf({ region, credentials }: Target, service: string): SignatureV4 {
  return new SignatureV4({ service, region, credentials, sha256: Sha256, uriEscapePath: false });
}

function httpRequest(
  { endpoints }: Target,
  { service, method, path = "/", query = {}, headers = {}, body }: RawRequest,
) {
  const { protocol, hostname, port, host } = new URL(endpoints[service]);
  return new HttpRequest({
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    method,
    path,
    query,
    headers: { host, ...headers },
    body,
  });
}

function urlOf({ endpoints }: Target, { service, path = "/", query = {} }: RawRequest): string {
  const url = new URL(endpoints[service] + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

function bodyOf({ body }: RawRequest): BodyInit | null {
  return body === undefined ? null : new Uint8Array(Buffer.from(body)); // fetch gives text a type of its own.
}
