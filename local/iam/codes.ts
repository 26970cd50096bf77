// What IAM and STS call the errors that every service has.
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html

export const CODES = {
  InvalidAccessKeyId: "InvalidClientTokenId",
  InvalidToken: "InvalidClientTokenId",
  MissingParameter: "ValidationError",
  SlowDown: "Throttling",
};

export const MESSAGES = { InvalidClientTokenId: "The security token included in the request is invalid." };
