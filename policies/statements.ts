// Policy documents of AWS, as far as the rules ask.
import { every, type Rule } from "./rule.ts";

export interface Statement {
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export function statementsOf(policy: unknown): Statement[] {
  return typeof policy === "string" ? (JSON.parse(policy) as { Statement: Statement[] }).Statement : [];
}

export function refusesWithoutTls(policy: unknown, action: RegExp): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === "Deny" &&
      Principal === "*" &&
      [Action].flat().some((each) => action.test(each)) &&
      Condition?.Bool?.["aws:SecureTransport"] === "false",
  );
}

/** Each policy of a type of resource allows what is narrow, and nothing else. */
export function allowsOnly(type: string, isNarrow: (statement: Statement) => boolean): Rule["offenders"] {
  return every(type, ({ policy }) =>
    statementsOf(policy).every((statement) => statement.Effect !== "Allow" || isNarrow(statement)),
  );
}

/** Of one thing, or of things of one kind, in this account. */
export function isTiedToSource({ Condition = {} }: Statement): boolean {
  const isTied = ["ArnEquals", "ArnLike", "StringEquals"].some(
    (operator) => Condition[operator]?.["aws:SourceArn"] !== undefined,
  );
  return isTied && Condition.StringEquals?.["aws:SourceAccount"] !== undefined;
}
