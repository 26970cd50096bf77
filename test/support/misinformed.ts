// An engine whose Lambda says something else: for what local mode cannot be made to answer, the answers to some paths are
// changed on their way.
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { HttpResponse } from "@smithy/core/protocols";
import type { Engine } from "../../operations/engine.ts";
import type { TestPipeline } from "./a-pipeline.ts";

export type Answer = Record<string, unknown>;
export type Changes = Record<string, (answer: Answer) => Answer>;

export function misinformed({ engine, endpoint }: TestPipeline, changes: Changes): Engine {
  const { lambda } = engine as Engine;
  const { requestHandler } = lambda.config;
  const handle: typeof requestHandler.handle = async (request, options) => {
    const result = await requestHandler.handle(request, options);
    const change = Object.entries(changes).find(([path]) => request.path.endsWith(path))?.[1];
    if (!change) return result;
    const body = JSON.parse(await text(result.response.body));
    return {
      response: new HttpResponse({
        statusCode: 200,
        headers: {},
        body: Readable.from([JSON.stringify(change(body))]),
      }),
    };
  };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const changed = new LambdaClient({
    ...{ endpoint, region: "us-east-1", credentials },
    requestHandler: { ...requestHandler, handle, metadata: requestHandler.metadata, destroy() {} },
  });
  return { ...(engine as Engine), lambda: changed };
}
