// What is wrong with a filter policy. Who sets it adds where it came from.

export class FilterRefusal extends Error {}

export function refuse(why: string): FilterRefusal {
  return new FilterRefusal(why);
}
