// Policy documents of AWS, as far as the rules ask.

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

/** Of one thing, or of things of one kind, in this account. */
export function isTiedToSource({ Condition = {} }: Statement): boolean {
  const isTied = ["ArnEquals", "ArnLike", "StringEquals"].some(
    (operator) => Condition[operator]?.["aws:SourceArn"] !== undefined,
  );
  return isTied && Condition.StringEquals?.["aws:SourceAccount"] !== undefined;
}
