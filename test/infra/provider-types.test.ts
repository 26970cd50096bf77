// What the program declares, held to the provider's own types: tsc checks what is written in infra/, but not what is spread
// into it, put together at run time, or passed through a transform. Here each resource is a literal of its type.
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { ALL_OPTIONS } from "../policies/options.ts";
import { declareDarkroom } from "./a-darkroom.ts";

/** A file that need not exist: beside this one, so that it finds the same packages. */
const FILE = join(import.meta.dirname, "recorded-resources.ts");
const HEAD = 'import * as aws from "@pulumi/aws";\nimport * as pulumi from "@pulumi/pulumi";\n';

/** What Pulumi marks assets and archives with, when it sends them to its engine. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

describe("The provider's types", function () {
  this.timeout(60_000);

  it("have every property, and every value, of what all options together declare", async () => {
    const { resources } = await declareDarkroom(ALL_OPTIONS);
    const ours = resources.filter(({ type }) => type.startsWith("aws:"));
    expect(ours).to.have.length.above(40);
    const planted = literal("aws:sqs/queue:Queue", { visibilityTimeout: 30 }, "planted");
    const literals = ours.map(({ type, inputs }, index) => literal(type, inputs, `resource${index}`));
    const [last, ...others] = problemsOf([...literals, planted].join("\n")).toReversed();
    expect(last).to.match(/visibilityTimeout/);
    expect(others).to.deep.equal([]);
  });
});

/** `aws:sqs/queue:Queue` takes `aws.sqs.QueueArgs`. */
function literal(type: string, inputs: unknown, name: string): string {
  const [, module, , kind] = type.split(/[:/]/);
  const text = JSON.stringify(inputs, (_, value) => (value?.[SIGNATURE] ? "ARCHIVE" : value));
  return `export const ${name}: aws.${module}.${kind}Args = ${text.replaceAll('"ARCHIVE"', 'new pulumi.asset.FileArchive("dist")')};`;
}

function problemsOf(text: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === FILE || fileExists(name);
  host.getSourceFile = (name, ...others) =>
    name === FILE
      ? ts.createSourceFile(FILE, HEAD + text, ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...others);
  const program = ts.createProgram([FILE], options, host);
  const file = program.getSourceFile(FILE);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "),
  );
}
