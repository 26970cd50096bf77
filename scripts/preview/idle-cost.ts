// What a stack costs while it rests, counted on the resources that it declares.
import type { RegisteredResource } from "../../local/deployer/registry.ts";

export interface Cost {
  items: { item: string; quantity: number; unit: string; usd: number }[];
  total: number;
}

const HOURS_PER_MONTH = 720;

/** What Lambda keeps on a queue that rests; each asks for 20 seconds at a time. */
const STANDARD_POLLERS = 5;
const POLLS_PER_MONTH = (3600 / 20) * HOURS_PER_MONTH;

export function idleCost(resources: readonly RegisteredResource[]): Cost {
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const mappings = of("aws:lambda/eventSourceMapping:EventSourceMapping").map(
    ({ inputs }) =>
      (inputs.provisionedPollerConfig as { minimumPollers: number } | undefined)?.minimumPollers,
  );
  const pollers = mappings.map((provisioned) => provisioned ?? STANDARD_POLLERS);
  const provisioned = mappings.map((count) => count ?? 0);
  const alarmMetrics = of("aws:cloudwatch/metricAlarm:MetricAlarm").map(
    ({ inputs }) =>
      ((inputs.metricQueries ?? [{ metric: {} }]) as { metric?: unknown }[]).filter(({ metric }) => metric)
        .length,
  );
  const items = [
    { item: "polls of SQS", quantity: sum(pollers) * POLLS_PER_MONTH, unit: "requests", price: 0.4e-6 },
    {
      item: "provisioned pollers",
      quantity: sum(provisioned) * HOURS_PER_MONTH,
      unit: "hours",
      price: 0.009_25,
    },
    { item: "alarms", quantity: sum(alarmMetrics), unit: "metrics", price: 0.1 },
    {
      item: "dashboard",
      quantity: of("aws:cloudwatch/dashboard:Dashboard").length,
      unit: "dashboard",
      price: 3,
    },
  ]
    .filter(({ quantity }) => quantity > 0)
    .map(({ price, ...item }) => ({ ...item, usd: item.quantity * price }));
  return { items, total: sum(items.map(({ usd }) => usd)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
