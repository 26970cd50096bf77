// `npm run hostile`: every file of the corpus and thousands of mutations, in a process of their own. Prints a table, and
// exits 1 when a file did not become what it must. `npm run hostile -- --mutations 1000 --seed 7`
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { corpus } from "./corpus/corpus.ts";
import { seedFiles } from "./corpus/others.ts";
import { judge, judgeMutations, type Row } from "./inquest.ts";

const { values } = parseArgs({
  options: {
    mutations: { type: "string", default: "15000" },
    seed: { type: "string", default: "1" },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

const files = await judge(await corpus());
const mutations = await judgeMutations(await seedFiles(), Number(values.mutations), Number(values.seed));

const table = new Table({
  head: ["group", "files", "outcomes", "slowest ms", "peak MB"],
  style: { head: [], border: [] },
  colAligns: ["left", "right", "left", "right", "right"],
});
for (const [group, row] of [...files.rows, ...mutations.rows]) table.push(cells(group, row));
print(table.toString());

const unexpected = [...files.unexpected, ...mutations.unexpected];
for (const problem of unexpected) print(problem);
const total = [...files.rows.values()].reduce((sum, row) => sum + row.files, 0);
print(
  `${total} files and ${values.mutations} mutations (seed ${values.seed}): ${unexpected.length} unexpected.`,
);
process.exitCode = unexpected.length === 0 ? 0 : 1;

function cells(group: string, { files, outcomes, slowestMs, peakBytes }: Row): string[] {
  const most = [...outcomes].toSorted((a, b) => b[1] - a[1]);
  const told = most.map(([outcome, count]) => `${count} ${outcome}`).join("\n");
  return [group, String(files), told, slowestMs.toFixed(0), (peakBytes / 1e6).toFixed(0)];
}
