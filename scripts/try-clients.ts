// `npm run clients -- --files 2000 --seed 7`: aws, rclone and s3cmd, where they are installed, take hostile files to a local
// cloud and back. Not part of the tests: a bare machine has none of them. `--aws` may be the path of another one.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../cli/exit-code.ts";
import { explain } from "../cli/explain.ts";
import { startCloud } from "../local/cloud.ts";
import { awsClient } from "../test/local/clients/aws.ts";
import { askingOf, type Client, isInstalled } from "../test/local/clients/client.ts";
import { rcloneClient } from "../test/local/clients/rclone.ts";
import { roundTrip } from "../test/local/clients/round-trip.ts";
import { s3cmdClient } from "../test/local/clients/s3cmd.ts";
import { temporaryFolder } from "../test/support/temporary-folder.ts";
import { readWords } from "./command.ts";

const { values } = readWords({
  options: {
    files: { type: "string", default: "2000", least: 1 },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    aws: { type: "string", default: "aws" },
    rclone: { type: "string", default: "rclone" },
    s3cmd: { type: "string", default: "s3cmd" },
  },
});
const [files, seed] = [values.files, values.seed].map(Number) as [number, number];
const path = process.env.PATH ?? "";
console.log(`npm run clients -- --files ${files} --seed ${seed}`);

const folder = temporaryFolder();
const cloud = await startCloud({ dataDirectory: join(folder.path, "data") });
const clients = [
  awsClient(values.aws, cloud),
  rcloneClient(values.rclone, cloud),
  s3cmdClient(values.s3cmd, cloud),
];
try {
  const installed = await Promise.all(clients.map((client) => isInstalled(client, path)));
  const missing = clients.filter((_, index) => !installed[index]).map(({ command }) => command);
  if (missing.length === clients.length) {
    process.exitCode = explain(
      new UsageError(`Expected one of ${missing.join(", ")} to be installed, but found none.`),
    );
  } else if (missing.length > 0) console.log(`not installed: ${missing.join(", ")}`);
  for (const [index, client] of clients.entries()) if (installed[index]) await attempt(client, index);
} finally {
  await cloud.close();
  folder.remove();
}

async function attempt(client: Client, index: number): Promise<void> {
  const own = join(folder.path, `client-${index}`);
  mkdirSync(own);
  const startedMs = performance.now();
  const say = (text: string) => console.log(`ok    ${client.command}: ${text}`);
  const options = { cloud, folder: own, bucket: `client-${index}`, seed, files, say };
  try {
    const count = await roundTrip(client, { ...options, ask: askingOf(client, { path, home: own }) });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const left = client.cannot ? ` without ${files - count}, because ${client.cannot.because}` : "";
    console.log(`      ${count} files in ${seconds} s${left}`);
  } catch (error) {
    process.exitCode = 1;
    console.log(`FAIL  ${client.command}: ${(error as Error).message}`);
  }
}
