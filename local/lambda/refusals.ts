// What Lambda refuses, in its own words. https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
import { ServiceError } from "../protocol/model.ts";

export function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterValueException", message, { status: 400 });
}

export function conflict(message: string): ServiceError {
  return new ServiceError("ResourceConflictException", message, { status: 409 });
}

export function functionNotFound(arn: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });
}

export function mappingNotFound(): ServiceError {
  const message = "The resource you requested does not exist.";
  return new ServiceError("ResourceNotFoundException", message, { status: 404 });
}

/** What AWS would obey and is not served here must not pass in silence. `given`: what is left of a request's fields. */
export function refuseOthers(given: object): void {
  const names = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (names.length === 0) return;
  throw invalid(`Expected nothing for ${names.join(", ")}, which is not served here.`);
}
