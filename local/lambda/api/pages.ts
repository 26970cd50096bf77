// Lists of Lambda, in the order of names, page by page.

/** As a request asks for it; the model has the fields of every list. */
interface Asked {
  /** Where the page before ended. */
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

/** A page may have fewer items than asked for, never more than `most`. */
export function pageOf<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { Marker, MaxItems = Number.POSITIVE_INFINITY }: Asked,
  most: number,
): { page: Item[]; NextMarker?: string } {
  const after = Buffer.from(Marker ?? "", "base64url").toString();
  const left = items
    .filter((item) => nameOf(item) > after)
    .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const page = left.slice(0, Math.min(MaxItems, most));
  const last = page.at(-1);
  if (last === undefined || page.length === left.length) return { page };
  return { page, NextMarker: Buffer.from(nameOf(last)).toString("base64url") };
}
