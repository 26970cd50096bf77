// `npm run preview -- -s prod`: what `pulumi up` would declare, without pulumi and without AWS. Nothing is created.
import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { monthlyIdleCost } from "../operations/cost.ts";
import { orExplain, readOptions } from "./command.ts";
import { DEPLOY_PAGE, withCosts } from "./preview/cost-table.ts";
import { derivedNumbers } from "./preview/derived-numbers.ts";
import { LISTED_STACKS, listingFile, listingText } from "./preview/listing.ts";
import { pageText } from "./preview/page.ts";
import { readStack, type StackPreview } from "./preview/read-stack.ts";

const HELP = `
Runs the real index.ts with the settings of Pulumi.<stack>.yaml. Wrong settings are all listed,
and it ends with 2.

Examples:
  npm run preview -- -s prod
  npm run preview -- -s prod --json | jq '.monthlyIdleCost.total'`;

interface Options {
  stack: string;
  json: boolean;
  writeListings: boolean;
}

const MAX_COLUMNS = 110;

const { stack, json, writeListings } = readOptions<Options>(
  new Command("preview")
    .description("Shows what pulumi up would declare: resources, derived numbers, and what it costs at rest.")
    .option("-s, --stack <name>", "of the file Pulumi.<name>.yaml", "dev")
    .option("--json", "one JSON document", false)
    .option("--write-listings", "write test/infra/listings/ and the costs in docs/deploy.md anew", false)
    .addHelpText("after", HELP),
);

await orExplain(async () => {
  if (writeListings) {
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
