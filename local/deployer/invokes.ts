// The questions a program may ask about where it is deployed.
import type { Target } from "./resource-type.ts";
import type { Inputs } from "./values.ts";

export function answerInvoke(
  token: string,
  { region, accountId }: Pick<Target, "region" | "accountId">,
): Inputs {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId, id: accountId };
    case "aws:index/getRegion:getRegion":
      return {
        region,
        name: region,
        description: region,
        endpoint: `ec2.${region}.amazonaws.com`,
        id: region,
      };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws", id: "aws" };
    default:
      throw new Error(`Expected a question that has an answer on this machine, but received ${token}.`);
  }
}
