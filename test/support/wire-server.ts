// An HTTP server that answers as told, for what a well-behaved cloud cannot be made to do: cut a download short, damage
// a byte, refuse with a given status. Speaks to the unmodified SDK.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface WireServer {
  endpoint: string;
  requests: IncomingMessage[];
  close(): Promise<void>;
}

export async function startWireServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<WireServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Points the SDK at an endpoint, the way the function's environment does. Returns what undoes it. */
export function useEndpoint(endpoint: string, credentials = { accessKeyId: "a", secretAccessKey: "b" }) {
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  return () => {
    process.env = before;
  };
}
