// Amazon SNS, standard topics, with queues as subscribers; e-mail addresses are recorded and wait for a confirmation that
// never comes.
import * as client from "@aws-sdk/client-sns";
import type { Authenticate } from "../protocol/authentication.ts";
import { createAwsQueryServer, type RpcHandler } from "../protocol/aws-json.ts";
import type { Handle } from "../protocol/http.ts";
import { readModel } from "../protocol/model.ts";
import type { SnsContext } from "./context.ts";
import { publishHandlers } from "./publish.ts";
import { subscriptionHandlers } from "./subscription-operations.ts";
import { openTopics } from "./tables.ts";
import { topicHandlers } from "./topic-operations.ts";

interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

/** Its own codes for what every service refuses. https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html */
const CODES = {
  AccessDenied: "AuthorizationError",
  InvalidAccessKeyId: "InvalidClientTokenId",
  InvalidToken: "InvalidClientTokenId",
  MissingParameter: "ValidationError",
  SlowDown: "Throttled",
};

/** Every operation served, by its name in the model. */
export function snsHandlers(context: SnsContext): Record<string, RpcHandler> {
  return { ...topicHandlers(context), ...subscriptionHandlers(context), ...publishHandlers(context) };
}

export function createSns(context: SnsContext, front: Front): Handle {
  openTopics(context.database);
  return createAwsQueryServer({
    model: readModel(client),
    handlers: snsHandlers(context),
    namespace: "com.amazonaws.sns",
    xmlNamespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    codes: CODES,
    ...front,
  });
}
