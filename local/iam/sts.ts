// AWS Security Token Service: who one is, and sessions of roles.
import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import * as client from "@aws-sdk/client-sts";
import type { Authenticate } from "../protocol/authentication.ts";
import { createAwsQueryServer, type RpcHandler } from "../protocol/aws-json.ts";
import type { Handle } from "../protocol/http.ts";
import { readModel, ServiceError } from "../protocol/model.ts";
import { CODES, MESSAGES } from "./codes.ts";
import type { IamContext } from "./context.ts";
import type { Principal } from "./principal.ts";
import { partsOf } from "./roles.ts";
import { type Session, writeSession } from "./sessions.ts";
import { invalid, lengthProblem, patternProblem, rangeProblem, validate } from "./validation.ts";

interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

const DEFAULT_SECONDS = 3600;
/** Of a session that another session asked for, whatever the role says. */
const MAX_CHAINED_SECONDS = 3600;
/** They would allow a session less than its role, or depend on tags and devices: a session that ignored them were wrong. */
const NOT_SERVED = [
  "Policy",
  "PolicyArns",
  "ProvidedContexts",
  "SerialNumber",
  "SourceIdentity",
  "Tags",
  "TokenCode",
  "TransitiveTagKeys",
] as const;

/** Every operation served, by its name in the model. */
export function stsHandlers(context: IamContext): Record<string, RpcHandler> {
  const { database, accountId, now } = context;
  return {
    // Nobody can be denied this.
    GetCallerIdentity: async (_input, { principal }) => {
      if (!principal) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
      return { UserId: userId(context, principal), Account: accountId, Arn: principal.arn };
    },
    AssumeRole: async (input: AssumeRoleRequest, { principal }) => {
      checkAsked(input);
      const session = principal && requestedSession(context, input, principal);
      if (!session) throw accessDenied(input, principal);
      checkDuration(context, input, principal);
      await database.write(() => writeSession(database, session, now()));
      return answer(context, session);
    },
  };
}

export function createSts(context: IamContext, front: Front): Handle {
  return createAwsQueryServer({
    model: readModel(client),
    handlers: stsHandlers(context),
    namespace: "com.amazonaws.sts",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    codes: CODES,
    queryMessages: MESSAGES,
    ...front,
  });
}

function checkAsked(input: AssumeRoleRequest): void {
  const { RoleArn: arn = "", RoleSessionName: name = "", DurationSeconds = DEFAULT_SECONDS } = input;
  const quoted = (value: string | number) => ` '${value}'`;
  validate(
    lengthProblem("roleArn", arn.length, [20, 2048], quoted(arn)),
    lengthProblem("roleSessionName", name.length, [2, 64], quoted(name)),
    patternProblem("roleSessionName", name, "[\\w+=,.@-]*", quoted(name)),
    rangeProblem("durationSeconds", DurationSeconds, [900, 43_200], quoted(DurationSeconds)),
  );
  if (!/^arn:[\w-]+:iam::\d{12}:role\/./.test(arn)) throw invalid(`${arn} is invalid`);
  const unserved = NOT_SERVED.filter((member) => input[member] !== undefined);
  if (unserved.length > 0)
    throw invalid(`Expected no value for ${unserved.join(", ")}, which AssumeRole does not know here.`);
}

function requestedSession(
  { iam, now }: IamContext,
  {
    RoleArn = "",
    RoleSessionName: name = "",
    ExternalId,
    DurationSeconds = DEFAULT_SECONDS,
  }: AssumeRoleRequest,
  principal: Principal,
): Session | undefined {
  const expiresMs = (Math.floor(now() / 1000) + DurationSeconds) * 1000;
  const asked = {
    "aws:SecureTransport": "true",
    "sts:RoleSessionName": name,
    ...(ExternalId !== undefined && { "sts:ExternalId": ExternalId }),
  };
  return iam.newSession(RoleArn, principal, { name, expiresMs, context: asked });
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, DurationSeconds */
function checkDuration({ iam }: IamContext, input: AssumeRoleRequest, { kind }: Principal): void {
  const { RoleArn = "", DurationSeconds = DEFAULT_SECONDS } = input;
  const { maxSessionSeconds = 0 } = iam.roles.find(partsOf(RoleArn).name) ?? {};
  const what = "The requested DurationSeconds exceeds the";
  if (DurationSeconds > maxSessionSeconds) throw invalid(`${what} MaxSessionDuration set for this role.`);
  if (kind === "role" && DurationSeconds > MAX_CHAINED_SECONDS)
    throw invalid(`${what} 1 hour session limit for roles assumed by role chaining.`);
}

function answer(context: IamContext, { credentials, principal, expiresMs }: Session) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: new Date(expiresMs),
    },
    AssumedRoleUser: { Arn: principal.arn, AssumedRoleId: userId(context, principal) },
  };
}

/** `AROA…:session`, or the account of root. */
function userId({ iam, accountId }: IamContext, { arn, role }: Principal): string {
  if (role === undefined) return accountId;
  return `${iam.roles.find(partsOf(role).name)?.id}:${arn.split("/").at(-1)}`;
}

/** Of a role that is not there it says the same: who may not assume it shall not learn that. */
function accessDenied({ RoleArn }: AssumeRoleRequest, principal: Principal | undefined): ServiceError {
  const message = `User: ${principal?.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
  return new ServiceError("AccessDenied", message, { status: 403 });
}
