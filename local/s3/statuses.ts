// HTTP statuses of the S3 errors that the SDK's model does not list.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html

export const STATUSES: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketNotEmpty: 409,
  EntityTooSmall: 400,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MalformedTrailerError: 400,
  MethodNotAllowed: 405,
  MissingRequestBodyError: 400,
  NoSuchVersion: 404,
  NotImplemented: 501,
  NotModified: 304,
  PreconditionFailed: 412,
  XAmzContentSHA256Mismatch: 400,
};
