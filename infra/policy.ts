// Policy documents, typed, so that a statement without its parts does not compile.
import * as pulumi from "@pulumi/pulumi";

type Text = pulumi.Input<string>;

export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | { Service: string };
  Action: string | string[];
  Resource: Text | Text[];
  Condition?: Record<string, Record<string, Text | Text[]>>;
}

export function policy(...statements: Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

/** A role that only this service assumes. */
export function trustPolicy(service: string): pulumi.Output<string> {
  return trust({ Service: service });
}

/** A role that the account's own policies let people assume. */
export function accountTrustPolicy(accountId: Text): pulumi.Output<string> {
  return trust({ AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` });
}

function trust(Principal: object): pulumi.Output<string> {
  const statement = { Effect: "Allow", Principal, Action: "sts:AssumeRole" };
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: [statement] });
}

/** Refuses everything that comes without TLS, to whoever it is. */
export function denyWithoutTls(action: string, ...resources: Text[]): Statement {
  return {
    Sid: "DenyWithoutTls",
    Effect: "Deny",
    Principal: "*",
    Action: action,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
