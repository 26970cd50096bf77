// `npm run preview -- -s prod`: what `pulumi up` would declare, without pulumi and without AWS. Nothing is created.
import { readFileSync, writeFileSync } from "node:fs";
import { monthlyIdleCost } from "../operations/estimate/cost.ts";
import { orExplain, readWords } from "./command.ts";
import { DEPLOY_PAGE, withCosts } from "./preview/cost-table.ts";
import { derivedNumbers } from "./preview/derived-numbers.ts";
import { LISTED_STACKS, listingFile, listingText } from "./preview/listing.ts";
import { pageText } from "./preview/page.ts";
import { readStack, type StackPreview } from "./preview/read-stack.ts";

const HELP = `
Shows what pulumi up would declare: resources, derived numbers, and what it costs at rest.
Runs the real index.ts with the settings of Pulumi.<stack>.yaml. Wrong settings are all listed,
and it ends with 2.

Examples:
  npm run preview -- -s prod
  npm run preview -- -s prod --json | jq '.monthlyIdleCost.total'
  npm run preview -- --write-listings    writes test/infra/listings/ and the costs in docs/deploy.md`;

const MAX_COLUMNS = 110;

const { values } = readWords({
  help: HELP,
  options: {
    stack: { type: "string", short: "s", default: "dev" },
    json: { type: "boolean", default: false },
    "write-listings": { type: "boolean", default: false },
  },
});
const { stack, json } = values;

await orExplain(async () => {
  if (values["write-listings"]) {
    for (const name of LISTED_STACKS) writeFileSync(listingFile(name), listingText(await readStack(name)));
    writeFileSync(DEPLOY_PAGE, withCosts(readFileSync(DEPLOY_PAGE, "utf8")));
    return;
  }
  const preview = await readStack(stack);
  const columns = Math.min(MAX_COLUMNS, process.stdout.columns ?? 80);
  console.log(json ? JSON.stringify(jsonOf(preview), undefined, 2) : pageText(preview, columns));
});

function jsonOf({ stack: name, project, region, settings, outputs, resources }: StackPreview) {
  return {
    ...{ project, stack: name, region, settings, outputs },
    resources,
    derived: derivedNumbers(settings),
    monthlyIdleCost: monthlyIdleCost(settings),
  };
}
