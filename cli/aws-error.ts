// What AWS, or the way to it, says that whoever typed the command can mend: by the error's name, never by its words.
import { UsageError } from "./exit-code.ts";

const CREDENTIALS_HINT =
  "`aws sts get-caller-identity` tells who you are; AWS_PROFILE chooses, `aws sso login` renews.";

const HINTS: readonly [names: readonly string[], what: string, hint: string][] = [
  [["CredentialsProviderError"], "There are no AWS credentials", CREDENTIALS_HINT],
  [
    [
      ...["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"],
      ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "TokenRefreshRequired"],
    ],
    "AWS does not take these credentials",
    CREDENTIALS_HINT,
  ],
  [
    ["AccessDenied", "AccessDeniedException", "Forbidden"],
    "AWS does not allow it",
    "docs/runbook.md says what an operator must be allowed.",
  ],
  [
    [
      ...["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket"],
      ...["ResourceNotFoundException", "PermanentRedirect"],
    ],
    "It is not there",
    "Are these the outputs of the stack as it is now, and is that its region? `pulumi stack output --json`",
  ],
];

const CONNECTION_HINT = "Is there a network, and is AWS_ENDPOINT_URL what it should be?";
const CONNECTION_CODES = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"]);

/** The answer to a HEAD has no body that could say why. */
function isBareRefusal(error: Error & { $metadata?: { httpStatusCode?: number } }): boolean {
  return error.$metadata?.httpStatusCode === 403 && !HINTS.some(([names]) => names.includes(error.name));
}

/** Nothing for anything else, which is a bug. */
export function awsProblem(error: unknown): UsageError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && CONNECTION_CODES.has(code)) {
    return new UsageError(`AWS does not answer: ${error.message || code}.`, CONNECTION_HINT);
  }
  if (isBareRefusal(error)) {
    return new UsageError("AWS does not allow it, or does not take these credentials.", CREDENTIALS_HINT);
  }
  const found = HINTS.find(([names]) => names.includes(error.name));
  return found && new UsageError(`${found[1]}: ${error.message.replace(/\.?$/, ".")}`, found[2]);
}
