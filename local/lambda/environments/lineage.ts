// What AWS stops loops by: the trace of a request says how often each function was invoked in its chain. Lambda gives it to the
// function, the SDK in the function puts it on whatever it sends, SQS and S3 keep it with the message.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
//
//   Root=1-5759e988-bd862e3fe1be46a994272793;Parent=…;Sampled=1;Lineage=a87bd80c:1|68fd508a:5
//
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
import { createHash, randomBytes } from "node:crypto";
import { RecursionError } from "../function.ts";

/** "Approximately 16 times". */
const MAX_INVOCATIONS = 16;

/**
 * The trace of the invocation that these led to: of a batch, the message that has come the farthest counts. Throws when the
 * function was invoked too often in its chain.
 */
export function continueTrace(traces: readonly string[], functionArn: string): string {
  const id = createHash("sha256").update(functionArn).digest("hex").slice(0, 8);
  const chains = traces.map(parse).toSorted((a, b) => (b.lineage.get(id) ?? 0) - (a.lineage.get(id) ?? 0));
  const { fields, lineage } = chains[0] ?? parse(newRoot());
  const invocations = (lineage.get(id) ?? 0) + 1;
  if (invocations > MAX_INVOCATIONS) throw new RecursionError();
  lineage.set(id, invocations);
  const counts = [...lineage].map(([each, count]) => `${each}:${count}`);
  return [...fields, `Lineage=${counts.join("|")}`].join(";");
}

/** Whatever is in it that nobody knows is passed on. */
function parse(trace: string) {
  const fields = trace.split(";").filter((field) => field !== "");
  const counts = fields.find((field) => field.startsWith("Lineage="))?.slice("Lineage=".length) ?? "";
  const entries = counts
    .split("|")
    .map((entry) => entry.split(":"))
    .filter(([id, count]) => id && Number.isInteger(Number(count)))
    .map(([id = "", count]) => [id, Number(count)] as const);
  return { fields: fields.filter((field) => !field.startsWith("Lineage=")), lineage: new Map(entries) };
}

function newRoot(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString("hex")}`;
}
