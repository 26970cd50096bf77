// What the policies of buckets and queues say, as far as the checks ask. AWS gives them back a little differently than they
// were put: one text or a list of one, "*" or { AWS: "*" }.

type Texts = string | string[];

interface Statement {
  Effect?: string;
  Principal?: string | { Service?: Texts; AWS?: Texts };
  Action?: Texts;
  Condition?: Record<string, Record<string, Texts | boolean>>;
}

function statementsOf(policy = "{}"): Statement[] {
  const { Statement = [] } = JSON.parse(policy || "{}") as { Statement?: Statement | Statement[] };
  return [Statement].flat();
}

/** Everybody, without TLS, everything. */
export function refusesPlainHttp(policy: string | undefined): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === "Deny" &&
      listOf(typeof Principal === "object" ? Principal.AWS : Principal).includes("*") &&
      listOf(Action).some((action) => /^(\w+:)?\*$/i.test(action)) &&
      String(Condition?.Bool?.["aws:SecureTransport"]) === "false",
  );
}

/** Whether S3 may send a queue the events of this bucket. */
export function letsS3Send(policy: string | undefined, bucket: string): boolean {
  const isOurs = (arn: string) => /^arn:aws[a-z-]*:s3:::(.+)$/.exec(arn)?.[1] === bucket;
  return letsSend(policy, "s3.amazonaws.com", isOurs);
}

/** Whether a rule of EventBridge may: that is how the events of a bucket come that is somebody else's. */
export function letsEventBridgeSend(policy: string | undefined): boolean {
  return letsSend(policy, "events.amazonaws.com", (arn) => /^arn:aws[a-z-]*:events:.*:rule\//.test(arn));
}

function letsSend(policy: string | undefined, service: string, isSource: (arn: string) => boolean): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === "Allow" &&
      typeof Principal === "object" &&
      listOf(Principal.Service).includes(service) &&
      listOf(Action).some((action) => action.toLowerCase() === "sqs:sendmessage") &&
      Object.values(Condition ?? {}).some((operands) => listOf(operands["aws:SourceArn"]).some(isSource)),
  );
}

function listOf(value: Texts | boolean | undefined): string[] {
  return value === undefined ? [] : [value].flat().map(String);
}
