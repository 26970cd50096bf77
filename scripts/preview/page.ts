// A stack on one page: its resources, the numbers that follow from its settings, and what it costs while it rests.
import { aboutText, countText, dollarsText } from "../../cli/figures.ts";
import { paint } from "../../cli/terminal/screen.ts";
import { type Cost, monthlyIdleCost } from "../../operations/estimate/cost.ts";
import { PRICES } from "../../operations/estimate/prices.ts";
import { type DerivedNumber, derivedNumbers } from "./derived-numbers.ts";
import type { StackPreview } from "./read-stack.ts";
import { treeText } from "./tree.ts";

export function pageText(preview: StackPreview, columns: number): string {
  const { stack, region, resources, settings } = preview;
  const made = resources.filter(({ custom }) => custom).length;
  const head = `${paint("bold", `${preview.project} ${stack}`)}  ${paint("dim", region)}`;
  return [
    `${head}\n${countText(made, "resource")}, none of them created.`,
    treeText(resources, columns),
    section("What follows from the settings", derivedNumbers(settings).map(numberRow)),
    costText(monthlyIdleCost(settings)),
    paint("dim", "Prices of us-east-1, without free tiers; what the buckets hold is not in it."),
  ].join("\n\n");
}

function numberRow({ name, value, unit, because }: DerivedNumber): Row {
  return [name, valueText(value, unit), because];
}

function valueText(value: number, unit: DerivedNumber["unit"]): string {
  if (unit === "seconds") return aboutText(value * 1000);
  return value === 0 ? "none" : value.toLocaleString("en");
}

function costText({ items, total }: Cost): string {
  const rows = items.map(
    ({ item, usd, quantity, price }): Row => [
      item,
      dollarsText(usd),
      `${quantity.toLocaleString("en")} × ${PRICES[price].per}`,
    ],
  );
  return section("What a month costs in which nothing happens", [
    ...rows,
    ["in all", dollarsText(total), ""],
  ]);
}

type Row = readonly [name: string, value: string, details: string];

const NAME_COLUMNS = 28;
const VALUE_COLUMNS = 8;

function section(title: string, rows: readonly Row[]): string {
  const lines = rows.map(([name, value, details]) =>
    `  ${name.padEnd(NAME_COLUMNS)}${value.padStart(VALUE_COLUMNS)}  ${paint("dim", details)}`.trimEnd(),
  );
  return [paint("bold", title), ...lines].join("\n");
}
