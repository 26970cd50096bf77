import { readFileSync } from "node:fs";
import { expect } from "chai";
import { DEPLOY_PAGE, withCosts } from "../../scripts/preview/cost-table.ts";

describe("The costs in docs/deploy.md", () => {
  const page = readFileSync(DEPLOY_PAGE, "utf8");

  // When they changed: `npm run preview -- --write-listings`.
  it("are what the model computes", () => {
    expect(withCosts(page)).to.equal(page);
    expect(page).to.match(/\| \*\*a million images\*\* \| \$\d+\.\d\d \|/);
  });

  it("are renewed, whatever was there", () => {
    expect(withCosts(page.replace(/\$\d+\.\d\d/, "$99.99"))).to.equal(page);
  });
});
