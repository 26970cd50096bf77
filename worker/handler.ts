// The Lambda function: start reading here, then create-handler.ts → batch.ts → reconcile.ts.
import { createHandler } from "./create-handler.ts";
import { readEnvironment } from "./environment.ts";
import { rendererEntry } from "./isolation/renderer-entry.ts";

export const handler = await createHandler(readEnvironment(), rendererEntry);
