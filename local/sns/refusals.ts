// How SNS says no to what it is given.
import { ServiceError } from "../protocol/model.ts";

/** Throws InvalidParameter, as SNS says it. */
export function checkArn(parameter: string, arn: string): void {
  const parts = arn.split(":").length;
  if (arn === "") throw invalid(`${parameter} Reason: no value for required parameter`);
  if (parts < 6) throw invalid(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts}`);
}

export function invalid(what: string): ServiceError {
  return new ServiceError("InvalidParameter", `Invalid parameter: ${what}`);
}

export function notFound(what: "Topic" | "Subscription"): ServiceError {
  return new ServiceError("NotFound", `${what} does not exist`, { status: 404 });
}
