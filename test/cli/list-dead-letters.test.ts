// Looking at many dead letters, stopped and killed half-way. `LETTERS=10000` makes it real.
import { expect } from "chai";
import {
  type DeadLetter,
  HIDDEN_SECONDS,
  listDeadLetters,
} from "../../operations/dead-letters/dead-letters.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroom, killRemaining, startDarkroom } from "../support/darkroom.ts";
import { type LetterFacts, sendDeadLetters } from "../support/dead-letters.ts";
import { until } from "../support/until.ts";

const COUNT = Number(process.env.LETTERS ?? 1500);
const LIMIT_MS = 30_000;

describe(`darkroom dlq list, of ${COUNT}`, function () {
  this.timeout(180_000);
  let stack: TestStack;
  let laterMs = 0;
  let idsBefore: string[];
  const words = ["dlq", "list"];

  before(async () => {
    stack = await startStack(() => Date.now() + laterMs);
    const reasons = ["TRUNCATED", "CORRUPT", "THROTTLED"];
    const letters = Array.from({ length: COUNT }, (_, index): LetterFacts => {
      const reason = reasons[index % reasons.length] ?? "";
      return { key: `${reason}/${index}.jpg`, reason };
    });
    await sendDeadLetters(stack, letters);
    idsBefore = (await letterIds()).toSorted();
  });
  after(async () => {
    killRemaining();
    await stack.stop();
  });

  const start = () => startDarkroom([...words, ...stack.words], { environment: stack.environment });
  const depth = () => queueDepth(stack.sqs, stack.deadLetterQueueUrl);
  const letterIds = async () => {
    const found: DeadLetter[] = [];
    for await (const letter of listDeadLetters(stack, { waitSeconds: 0 })) found.push(letter);
    return found.map(({ messageId }) => messageId);
  };
  const inTheMiddle = () =>
    until("it has some in hand", async () => (await depth()).inFlight > COUNT / 10, 60_000);
  const expectAllVisible = async () => {
    expect(await depth()).to.deep.equal({ visible: COUNT, inFlight: 0, delayed: 0 });
    expect((await letterIds()).toSorted(), "the same messages").to.deep.equal(idsBefore);
  };

  it("leaves all visible, and none moved, when it ends", async () => {
    const startedMs = performance.now();
    const { code, stdout } = await darkroom([...words, ...stack.words], { environment: stack.environment });

    expect(performance.now() - startedMs).to.be.below(LIMIT_MS);
    expect([code, stdout.split("\n")[0]]).to.deep.equal([0, `${COUNT.toLocaleString("en")} dead letters`]);
    await expectAllVisible();
  });

  it("leaves all visible after Ctrl-C", async () => {
    const running = start();
    await inTheMiddle();
    running.process.kill("SIGINT");
    const stoppedMs = performance.now();
    const { code, stdout } = await running.ended;

    expect(performance.now() - stoppedMs).to.be.below(LIMIT_MS);
    expect([code, stdout]).to.deep.equal([130, ""]);
    await expectAllVisible();
  });

  it(`leaves all visible ${HIDDEN_SECONDS} seconds after kill -9, and others are told meanwhile`, async () => {
    const running = start();
    await inTheMiddle();
    running.process.kill("SIGKILL");
    await running.ended;
    const { inFlight } = await depth();
    const { stderr } = await darkroom([...words, ...stack.words], { environment: stack.environment });

    expect(inFlight).to.be.above(0);
    expect(stderr).to.include(`${inFlight.toLocaleString("en")} more dead letter`);
    laterMs += HIDDEN_SECONDS * 1000;
    await expectAllVisible();
  });
});
