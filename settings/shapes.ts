// Building blocks of the schema. Each one's message is the `<what>` of "Expected <what> for <name>, but received <value>."
import * as v from "valibot";

export function wholeNumber(minimum: number, maximum: number, unit = "") {
  const what = `a whole number from ${minimum} to ${maximum}${unit && ` ${unit}`}`;
  return v.pipe(v.number(what), v.integer(what), v.minValue(minimum, what), v.maxValue(maximum, what));
}

export function oneOf<const Option extends string>(options: readonly Option[]) {
  return v.picklist(options, `one of ${options.join(", ")}`);
}

export function text(pattern: RegExp, what: string) {
  return v.pipe(v.string(what), v.regex(pattern, what));
}
