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

/** Who may assume a role. */
export function trustPolicy(service: string): pulumi.Output<string> {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
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
