// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
import { expect } from "chai";
import { fateAfter } from "../../../../local/lambda/events/event-fate.ts";
import {
  type EventSettings,
  FunctionError,
  RecursionError,
  ThrottledError,
} from "../../../../local/lambda/function.ts";

const thrown = new FunctionError('{"errorType":"Error","errorMessage":"boom"}');
const throttled = new ThrottledError("Rate Exceeded.");
const HOUR_SECONDS = 3600;

interface Case {
  error: Error;
  failures?: number;
  throttles?: number;
  ageSeconds?: number;
  settings?: EventSettings;
  isShut?: boolean;
}

function fate({ error, failures = 0, throttles = 0, ageSeconds = 0, settings = {}, isShut = false }: Case) {
  const event = { id: "id", arn: "arn", payload: "{}", trace: undefined, queuedMs: 0, dueMs: 0 };
  return fateAfter(error, { ...event, failures, throttles }, { settings, ageSeconds, isShut });
}

const again = (afterSeconds: number, failures: number, throttles: number) => ({
  ...{ kind: "again", afterSeconds, failures, throttles },
});
const dead = (code: number, message: string) => ({ kind: "dead", why: { code, message } });

const documented: [what: string, of: Case, expected: object][] = [
  ["a first error", { error: thrown }, again(60, 1, 0)],
  ["a second error", { error: thrown, failures: 1 }, again(120, 2, 0)],
  ["a third error", { error: thrown, failures: 2 }, dead(200, "boom")],
  ["an error where none is retried", { error: thrown, settings: { maximumRetries: 0 } }, dead(200, "boom")],
  ["an error of no JSON", { error: new FunctionError("exit"), failures: 2 }, dead(200, "exit")],
  ["an error after throttles", { error: thrown, throttles: 7 }, again(60, 1, 0)],
  ["a first throttle", { error: throttled }, again(1, 0, 1)],
  ["a fourth throttle", { error: throttled, failures: 1, throttles: 3 }, again(8, 1, 4)],
  ["many throttles", { error: throttled, throttles: 40 }, again(300, 0, 41)],
  [
    "a throttle, nearly six hours old",
    { error: throttled, ageSeconds: 6 * HOUR_SECONDS - 1 },
    again(1, 0, 1),
  ],
  ["one that is older", { error: throttled, ageSeconds: 6 * HOUR_SECONDS }, dead(429, "Rate Exceeded.")],
  [
    ...(["one that is older than was asked for", { error: throttled, ageSeconds: 60 }] as const),
    again(1, 0, 1),
  ],
  ["a fault of ours", { error: new Error("disk") }, again(1, 0, 1)],
  ["a throttle with no concurrency", { error: throttled, isShut: true }, dead(429, "Rate Exceeded.")],
  ["a loop", { error: new RecursionError() }, dead(400, new RecursionError().message)],
];

describe("what becomes of an event", () => {
  for (const [what, of, expected] of documented) {
    it(`after ${what} is as documented`, () => {
      expect(fate(of)).to.deep.equal(expected);
    });
  }

  it("is settled early where its age is limited", () => {
    const settings = { maximumAgeSeconds: 60 };
    expect(fate({ error: throttled, ageSeconds: 59, settings })).to.deep.equal(again(1, 0, 1));
    expect(fate({ error: throttled, ageSeconds: 60, settings }).kind).to.equal("dead");
    expect(fate({ error: thrown, ageSeconds: 1, settings }).kind).to.equal("dead");
  });
});
