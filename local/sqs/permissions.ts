// AddPermission and RemovePermission: statements of the queue's policy, named by their label.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
import type { AddPermissionCommandInput, RemovePermissionCommandInput } from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { permittedQueue, type SqsContext } from "./context.ts";
import { invalid } from "./message-attributes.ts";

interface Statement {
  Sid?: string;
}

interface PolicyDocument {
  Statement: Statement[];
}

/** What others may be allowed; the rest is the owner's alone. */
const GRANTABLE = [
  "*",
  "ChangeMessageVisibility",
  "DeleteMessage",
  "GetQueueAttributes",
  "GetQueueUrl",
  "ListDeadLetterSourceQueues",
  "PurgeQueue",
  "ReceiveMessage",
  "SendMessage",
];
const MAX_ACTIONS = 7;

export function permissionHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { queues } = context;
  return {
    AddPermission: async (input: AddPermissionCommandInput, request) => {
      const { QueueUrl, Label = "" } = input;
      const queue = permittedQueue(context, request, "AddPermission", QueueUrl);
      const statement = statementOf(queue.arn, input);
      await queues.change(queue, ({ arn, attributes }) => {
        const policy = read(arn, attributes.Policy);
        if (policy.Statement.some(({ Sid }) => Sid === Label))
          throw invalidValue(Label, "Label", "Already exists.");
        return { attributes: { ...attributes, Policy: JSON.stringify(added(policy, statement)) } };
      });
      return undefined;
    },
    RemovePermission: async ({ QueueUrl, Label = "" }: RemovePermissionCommandInput, request) => {
      const queue = permittedQueue(context, request, "RemovePermission", QueueUrl);
      await queues.change(queue, ({ arn, attributes }) => {
        const policy = read(arn, attributes.Policy);
        const kept = policy.Statement.filter(({ Sid }) => Sid !== Label);
        if (kept.length === policy.Statement.length) throw invalidValue(Label, "Label", "can't find label.");
        const { Policy: _, ...others } = attributes;
        if (kept.length === 0) return { attributes: others };
        return { attributes: { ...others, Policy: JSON.stringify({ ...policy, Statement: kept }) } };
      });
      return undefined;
    },
  };
}

function read(arn: string, policy: string | undefined): PolicyDocument {
  if (policy === undefined)
    return { Version: "2008-10-17", Id: `${arn}/SQSDefaultPolicy`, Statement: [] } as PolicyDocument;
  const document = JSON.parse(policy) as { Statement: Statement | Statement[] };
  return { ...document, Statement: [document.Statement].flat() };
}

function added(policy: PolicyDocument, statement: Statement): PolicyDocument {
  return { ...policy, Statement: [...policy.Statement, statement] };
}

function statementOf(
  arn: string,
  { Label = "", Actions = [], AWSAccountIds = [] }: AddPermissionCommandInput,
) {
  if (!/^[\w-]{1,80}$/.test(Label)) {
    const reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
    throw invalidValue(Label, "Label", `${reason}.`);
  }
  if (Actions.length === 0) throw missing("ActionName");
  if (AWSAccountIds.length === 0) throw missing("AWSAccountId");
  const owners = Actions.find((action) => !GRANTABLE.includes(action));
  if (owners !== undefined)
    throw invalidValue(
      `SQS:${owners}`,
      "ActionName",
      "Only the queue owner is allowed to invoke this action.",
    );
  if (Actions.length > MAX_ACTIONS) {
    const message = `${Actions.length} Actions were found, maximum allowed is ${MAX_ACTIONS}.`;
    throw new ServiceError("OverLimit", message, { status: 403 });
  }
  const strange = AWSAccountIds.find((account) => !/^\d{12}$/.test(account));
  if (strange !== undefined)
    throw invalidValue(`[${AWSAccountIds.join(", ")}]`, "PrincipalId", "Unable to verify.");
  return {
    Sid: Label,
    Effect: "Allow",
    Principal: { AWS: oneOrAll(AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrAll(Actions.map((action) => `SQS:${action}`)),
    Resource: arn,
  };
}

function oneOrAll(values: string[]): string | string[] {
  const [first = ""] = values;
  return values.length === 1 ? first : values;
}

function missing(parameter: string): ServiceError {
  return new ServiceError("MissingParameter", `The request must contain the parameter ${parameter}.`);
}

function invalidValue(value: string, parameter: string, reason: string): ServiceError {
  return invalid(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
}
