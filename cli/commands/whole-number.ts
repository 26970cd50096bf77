// Numbers among the words of a command.
import { expected } from "../../settings/problem.ts";
import { UsageError } from "../exit-code.ts";

export function wholeNumber(name: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= minimum && number <= maximum) return number;
    const range =
      maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new UsageError(expected(`a whole number ${range}`, name, text));
  };
}

export function positiveNumber(name: string) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d*\.?\d+$/.test(text) && number > 0) return number;
    throw new UsageError(expected("a number above 0", name, text));
  };
}
