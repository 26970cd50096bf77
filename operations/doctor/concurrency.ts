// Does the account let the lanes do as much at once as they may ask for? What Lambda refuses costs its messages a receive.
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import { type Check, DEPLOY_AGAIN, insist, Remark } from "./check.ts";
import type { Facts } from "./facts.ts";

export function concurrencyChecks(facts: Facts): Check[] {
  return [reservationCheck(facts), accountCheck(facts)];
}

function reservationCheck(facts: Facts): Check {
  return {
    name: "reserved concurrency",
    meaning: "If some is kept for the function, as much as both lanes may ask for: Lambda refuses the rest.",
    mend: DEPLOY_AGAIN,
    async look() {
      const reserved = await reservedOf(facts);
      if (reserved === undefined) return "none: it shares with the account";
      const wanted = await wantedBy(facts);
      insist(reserved >= wanted, `${reserved} for lanes that may ask for ${wanted}.`);
      return `${reserved}, the lanes ask for ${wanted} at most`;
    },
  };
}

function accountCheck(facts: Facts): Check {
  return {
    name: "account's concurrency",
    meaning: "New accounts have 10 or 50 invocations at once, for all their functions.",
    mend: `aws service-quotas request-service-quota-increase --service-code lambda \\
    --quota-code L-B99A9384 --desired-value 1000`,
    async look() {
      const { lambda } = facts.engine();
      const { AccountLimit } = await answered(lambda.send(new GetAccountSettingsCommand({})));
      const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: shared = 0 } =
        AccountLimit ?? {};
      const wanted = await wantedBy(facts);
      const isReserved = (await reservedOf(facts)) !== undefined;
      const found = isReserved
        ? `${all}, of which some is the function's own`
        : `${shared} of ${all} are shared`;
      insist(isReserved || shared >= wanted, `${found}; the lanes may ask for ${wanted}.`);
      return found;
    },
  };
}

async function wantedBy(facts: Facts): Promise<number> {
  const mappings = await Promise.all(facts.lanes.map((lane) => facts.mapping(lane)));
  return mappings.reduce((sum, { concurrency }) => sum + concurrency, 0);
}

async function reservedOf(facts: Facts): Promise<number | undefined> {
  const { lambda, functionName: FunctionName } = facts.engine();
  const answer = await answered(lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })));
  return answer.ReservedConcurrentExecutions;
}

/** Local mode has no account, and says so. */
async function answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === "NotImplemented") throw new Remark("Not answered here.");
    throw error;
  }
}
