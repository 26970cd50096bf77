// Reads log lines as CloudWatch does: whatever breaks the embedded metric format is no metric, and here an error.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import * as v from "valibot";

const NameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));

const DocumentSchema = v.looseObject({
  _aws: v.strictObject({
    Timestamp: v.pipe(v.number(), v.integer()),
    CloudWatchMetrics: v.array(
      v.strictObject({
        Namespace: NameSchema,
        Dimensions: v.pipe(v.array(v.pipe(v.array(NameSchema), v.maxLength(30))), v.minLength(1)),
        Metrics: v.pipe(
          v.array(v.strictObject({ Name: NameSchema, Unit: v.picklist(["Count", "Bytes", "Milliseconds"]) })),
          v.maxLength(100),
        ),
      }),
    ),
  }),
});

const ValueSchema = v.union([v.number(), v.pipe(v.array(v.number()), v.minLength(1), v.maxLength(100))]);

/** All values of each metric, under its name and dimensions: `Rejected FunctionName=worker Code=CORRUPT`. */
export function extractMetrics(lines: readonly object[]): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const line of lines.filter((one) => "_aws" in one)) {
    const document = v.parse(DocumentSchema, JSON.parse(JSON.stringify(line)));
    for (const { Dimensions, Metrics } of document._aws.CloudWatchMetrics) {
      for (const dimensions of Dimensions) {
        const where = dimensions.map((name) => `${name}=${v.parse(NameSchema, document[name])}`).join(" ");
        for (const { Name } of Metrics) {
          const values = [v.parse(ValueSchema, document[Name])].flat();
          found[`${Name} ${where}`] = [...(found[`${Name} ${where}`] ?? []), ...values];
        }
      }
    }
  }
  return found;
}
