// Building blocks of the schema. Each one's message is the `<what>` of "Expected <what> for <name>, but received <value>."
import * as v from "valibot";

/** With what docs/settings.md and Pulumi.yaml say about it. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description<v.InferOutput<Schema>, string>(description));
}

export function wholeNumber(minimum: number, maximum: number, unit = "") {
  const what = `a whole number from ${minimum} to ${maximum}${unit && ` ${unit}`}`;
  return v.pipe(v.number(what), v.integer(what), v.minValue(minimum, what), v.maxValue(maximum, what));
}

export function share(minimum: number, maximum = 1) {
  const what = `a number from ${minimum} to ${maximum}`;
  return v.pipe(v.number(what), v.minValue(minimum, what), v.maxValue(maximum, what));
}

export function oneOf<const Option extends string | number>(options: readonly Option[], unit = "") {
  return v.picklist(options, `one of ${options.join(", ")}${unit && ` ${unit}`}`);
}

export function text(pattern: RegExp, what: string) {
  return v.pipe(v.string(what), v.regex(pattern, what));
}

export function yesOrNo() {
  return v.boolean("true or false");
}
