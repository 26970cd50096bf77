// Runs a few requests of one image at a time, and waits for all of them even when one fails: a request still under way
// when its image is reported could write after another worker has taken over.
import pLimit from "p-limit";

/** A set is typically 9 renditions of 10 to 300 KB: beyond 4 at once the function's network is the limit. */
const CONNECTIONS = 4;

export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const limit = pLimit(CONNECTIONS);
  const settled = await Promise.allSettled(items.map((item) => limit(work, item)));
  return settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
