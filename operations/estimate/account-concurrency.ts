// In a file of its own, because `--help` names it: whatever else stands here is loaded with every help.

/** What an account has until it asks for more. */
export const DEFAULT_ACCOUNT_CONCURRENCY = 1000;
