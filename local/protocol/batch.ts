// Batches of up to ten entries: each succeeds or fails by itself, the request only when the batch itself is wrong.
import { ServiceError } from "./model.ts";

const MAX_ENTRIES = 10;

interface Entry {
  Id?: string | undefined;
}

export function runBatch<Item extends Entry>(
  action: string,
  entries: readonly Item[],
  run: (entry: Item) => object,
): object {
  check(action, entries);
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function check(action: string, entries: readonly Entry[]): void {
  if (entries.length === 0) {
    throw new ServiceError(
      "EmptyBatchRequest",
      `There should be at least one ${action}RequestEntry in the request.`,
    );
  }
  if (entries.length > MAX_ENTRIES) {
    const message = `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`;
    throw new ServiceError("TooManyEntriesInBatchRequest", message);
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new ServiceError("BatchEntryIdsNotDistinct", "Id repeated.");
  if (entries.every(({ Id }) => /^[\w-]{1,80}$/.test(Id ?? ""))) return;
  const message =
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
  throw new ServiceError("InvalidBatchEntryId", message);
}
