// AWS Identity and Access Management over the wire, as far as roles and their inline policies go.
import * as client from "@aws-sdk/client-iam";
import type { Authenticate } from "../protocol/authentication.ts";
import { createAwsQueryServer, type RpcHandler } from "../protocol/aws-json.ts";
import type { Handle } from "../protocol/http.ts";
import { readModel } from "../protocol/model.ts";
import { CODES, MESSAGES } from "./codes.ts";
import type { IamContext } from "./context.ts";
import { policyHandlers } from "./policy-operations.ts";
import { roleHandlers } from "./role-operations.ts";

interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

/** Every operation served, by its name in the model. */
export function iamHandlers(context: IamContext): Record<string, RpcHandler> {
  return { ...roleHandlers(context), ...policyHandlers(context) };
}

export function createIamApi(context: IamContext, front: Front): Handle {
  return createAwsQueryServer({
    model: readModel(client),
    handlers: iamHandlers(context),
    namespace: "com.amazonaws.iam",
    xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    codes: CODES,
    queryMessages: MESSAGES,
    ...front,
  });
}
