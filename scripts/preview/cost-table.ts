// The costs of the shipped stacks in docs/deploy.md: computed as `darkroom estimate` computes them, and written there.
import { join } from "node:path";
import { dollarsText } from "../../cli/figures.ts";
import { readProject } from "../../local/deployer/project.ts";
import { type Cost, costPerMillion, monthlyIdleCost } from "../../operations/estimate/cost.ts";
import { parseConfiguration, type Settings } from "../../settings/settings.ts";
import { LISTED_STACKS } from "./listing.ts";
import { ROOT } from "./read-stack.ts";

export const DEPLOY_PAGE = join(ROOT, "docs/deploy.md");

/** From one to the other, the page is written by a script. */
const MARKS = { begin: "<!-- costs -->\n", end: "<!-- /costs -->" };

/** The page with its costs renewed; everything else stays as it is. */
export function withCosts(page: string): string {
  const [before = "", rest = ""] = page.split(MARKS.begin);
  const [, after = ""] = rest.split(MARKS.end);
  return `${before}${MARKS.begin}${costTable()}${MARKS.end}${after}`;
}

function costTable(): string {
  const stacks = LISTED_STACKS.map((stack) => [stack, settingsOf(stack)] as const);
  const columns: (readonly [name: string, idle: Cost, busy: Cost])[] = stacks.map(([stack, settings]) =>
    columnOf(stack, settings),
  );
  const [, prod] = stacks[1] ?? [];
  if (prod) {
    const { maximumConcurrency, ...others } = prod;
    const provisioned: Settings = { ...others, provisionedPollers: { minimum: 2, maximum: 20 } };
    columns.push(columnOf("prod, 2 provisioned pollers", provisioned));
  }
  return [
    `| | ${columns.map(([name]) => name).join(" | ")} |`,
    `|---|${columns.map(() => "---:|").join("")}`,
    row(
      "**a month at rest**",
      columns.map(([, { total }]) => total),
    ),
    ...itemRows(columns.map(([, idle]) => idle)),
    row(
      "**a million images**",
      columns.map(([, , { total }]) => total),
    ),
    ...itemRows(columns.map(([, , busy]) => busy)),
    "",
  ].join("\n");
}

function columnOf(name: string, settings: Settings) {
  return [name, monthlyIdleCost(settings), costPerMillion(settings)] as const;
}

function settingsOf(stack: string): Settings {
  const { config, name } = readProject(ROOT, stack);
  return parseConfiguration(config, name);
}

/** Each item that any of them has. */
function itemRows(costs: readonly Cost[]): string[] {
  const items = [...new Set(costs.flatMap(({ items: some }) => some.map(({ item }) => item)))];
  return items.map((wanted) =>
    row(
      wanted,
      costs.map(({ items: some }) => some.find(({ item }) => item === wanted)?.usd ?? 0),
    ),
  );
}

function row(name: string, dollars: readonly number[]): string {
  return `| ${name} | ${dollars.map((amount) => (amount === 0 ? "–" : dollarsText(amount))).join(" | ")} |`;
}
