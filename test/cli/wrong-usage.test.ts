// Whatever is wrong about a command, its stack or its files: a sentence, a hint, exit 2, and never a stack trace.
import { expect } from "chai";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { fakePulumi } from "../support/fake-pulumi.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const COMMANDS = [
  ["status"],
  ["show", "cat.jpg"],
  ["upload", import.meta.filename, "--yes"],
  ["verify"],
  ["backfill", "--all"],
  ["doctor"],
  ["estimate", "--images", "10"],
  ["pause", "--yes"],
  ["resume", "--yes"],
  ["dlq", "list"],
  ["dlq", "show", "some-id"],
  ["dlq", "redrive", "--all"],
  ["dlq", "redrive", "--native", "--yes"],
  ["dlq", "drop", "--all", "--yes"],
  ["dlq", "export"],
];

describe("wrong usage", function () {
  this.timeout(60_000);
  let stack: TestStack;
  let folder: TemporaryFolder;
  let environment: Record<string, string>;

  before(async () => {
    stack = await startStack();
    folder = temporaryFolder();
    environment = { ...stack.environment, ...fakePulumi(folder, "prod", {}), AWS_MAX_ATTEMPTS: "1" };
    folder.write("empty.json", "{}");
    folder.write("broken.json", "{");
    const url = `${stack.environment.AWS_ENDPOINT_URL}/000000000000/gone`;
    const { sourceBucket, destinationBucket } = stack;
    const outputs = { sourceBucket, destinationBucket, region: "us-east-1" };
    const gone = { ...outputs, workQueueUrl: url, backfillQueueUrl: url, deadLetterQueueUrl: url };
    folder.write("gone.json", JSON.stringify(gone));
  });
  after(async () => {
    await stack.stop();
    folder.remove();
  });

  const file = (name: string) => ["--outputs", `${folder.path}/${name}`];
  const expectSentence = async (words: string[], sentence: RegExp, own: Record<string, string> = {}) => {
    const { code, stdout, stderr } = await darkroomHere(words, { ...environment, ...own });
    expect(stderr)
      .to.match(sentence)
      .and.to.not.match(/\n {4}at |\[object|undefined/);
    expect(stderr.trim().split("\n").length, `a sentence and a hint:\n${stderr}`).to.be.within(2, 3);
    expect([code, stdout]).to.deep.equal([2, ""]);
  };

  for (const command of COMMANDS) {
    it(
      command
        .slice(0, 2)
        .join(" ")
        .replace(import.meta.filename, "<file>"),
      async () => {
        await expectSentence([...command, "--no-such-flag"], /^error: unknown option '--no-such-flag'/);
        await expectSentence([...command, ...file("none.json")], /^--outputs .*none\.json cannot be read/);
        await expectSentence(
          [...command, ...file("broken.json")],
          /^--outputs .*broken\.json cannot be read/,
        );
        await expectSentence([...command, ...file("empty.json")], /Expected a text for the stack output/);
        await expectSentence(
          [...command, "--stack", "prdo"],
          /^pulumi does not tell the outputs of prdo: error: no/,
        );
        await expectSentence([...command, "--data", folder.path], /^No local mode is up on /);
      },
    );
  }

  const nobody = { AWS_ACCESS_KEY_ID: "AKIANOBODY" };
  const environments: [command: string[], own: Record<string, string>, sentence: RegExp][] = [
    [["show", "cat.jpg"], { AWS_ENDPOINT_URL: "http://127.0.0.1:9" }, /^AWS does not answer: /],
    [["dlq", "list"], nobody, /^AWS does not take these credentials: /],
    [["show", "cat.jpg"], nobody, /^AWS does not allow it, or does not take these credentials\./],
  ];
  for (const [command, own, sentence] of environments) {
    it(`${command.join(" ")} with ${Object.entries(own).join()}`, async () => {
      await expectSentence([...command, ...stack.words], sentence, own);
    });
  }

  it("a stack that is gone", async () => {
    await expectSentence(
      ["dlq", "list", ...file("gone.json")],
      /^It is not there: .*\nAre these the outputs/,
    );
    await expectSentence(["status", ...file("gone.json")], /^It is not there: /);
  });

  const others: [words: string[], sentence: RegExp][] = [
    [["dlq", "list", "--until", "soon"], /^Expected a time like .* for --until, but received "soon"\./],
    [
      ["dlq", "list", "--fixed-in", "new"],
      /^Expected a version like 0\.2\.0 for --fixed-in, but received "new"\./,
    ],
    [["dlq", "redrive", "--all", "--canary", "2", "--no-follow"], /^Canaries are waited for/],
    [["dlq", "show", "no-such-id"], /^Expected the id of a dead letter for <id>/],
    [["dlq", "drop"], /^Which dead letters\? /],
    [["dlq", "import", "no-such-file"], /no-such-file/],
    [["dlq", "import", import.meta.filename], /^Expected a dead letter that `dlq export` wrote for line 1/],
    [["dlq", "export", "/no/such/folder/file"], /^\/no\/such\/folder\/file cannot be written/],
  ];
  for (const [words, sentence] of others) {
    it(words.join(" ").replace(import.meta.filename, "<file>"), async () => {
      const { code, stdout, stderr } = await darkroomHere([...words, ...stack.words], environment);

      expect(stderr)
        .to.match(sentence)
        .and.to.not.match(/\n {4}at /);
      expect([code, stdout]).to.deep.equal([2, ""]);
    });
  }
});
