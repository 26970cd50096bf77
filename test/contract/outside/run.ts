// Runs suites that others wrote, from checkouts elsewhere, against a local cloud. What is left out and what is expected to
// fail, each with its reason, is in the files beside this one; README.md says what is needed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parse } from "yaml";
import { startCloud } from "../../../local/cloud.ts";
import { readWords, refuse } from "../../../scripts/command.ts";
import { expected } from "../../../settings/problem.ts";

interface Suite {
  /** The variable that says where its checkout is. */
  from: keyof typeof SUPPORT;
  files: string[];
}

const FOLDER = import.meta.dirname;
/** Some recordings name it. */
const PORT = 4566;
/** By the suite: the plugin that makes it feel at home, and where Python finds the suite. */
const SUPPORT = {
  LOCALSTACK: {
    plugin: "recorded",
    needs: ["LOCALSTACK_SNAPSHOT"],
    path: (checkout: string) => [
      checkout,
      join(checkout, "localstack-core"),
      checkoutOf("LOCALSTACK_SNAPSHOT"),
    ],
  },
  CEPH_S3_TESTS: { plugin: "ceph", needs: [], path: (checkout: string) => [checkout] },
};
/** A second user: all that this role may do by itself. */
const OTHER_MAY = { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" };

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => basename(name, ".yaml"));
const { positionals: asked } = readWords({ allowPositionals: true, help: `Suites: ${names.join(", ")}` });
const chosen = names
  .filter((name) => asked.length === 0 || asked.includes(name))
  .map((name) => ({ name, ...(parse(readFileSync(join(FOLDER, `${name}.yaml`), "utf8")) as Suite) }));
const checkouts = new Set(chosen.flatMap(({ from }) => [from, ...SUPPORT[from].needs]));
const problems = [
  ...asked
    .filter((word) => !names.includes(word))
    .map((word) => expected(`one of ${names.join(", ")}`, "a suite", word)),
  ...[...checkouts]
    .filter((variable) => !existsSync(checkoutOf(variable)))
    .map((variable) => expected("the path of a checkout", variable, process.env[variable])),
];
const { PYTHON = "python3" } = process.env;
if (spawnSync(PYTHON, ["--version"]).error) problems.push(expected("a Python that starts", "PYTHON", PYTHON));
if (problems.length > 0) refuse(problems.join("\n"), "test/contract/outside/README.md says what is needed.");
const folder = mkdtempSync(join(tmpdir(), "outside-"));
const cloud = await startCloud({ dataDirectory: join(folder, "data"), port: PORT }).catch((error) => {
  rmSync(folder, { recursive: true });
  if (error.code !== "EADDRINUSE") throw error;
  refuse(`Expected port ${PORT} to be free, but it is taken.`);
});
const other = createOther();
try {
  for (const { name, ...suite } of chosen) {
    console.log(`\n${name}`);
    const status = await run(suite);
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
}

function run(suite: Suite): Promise<number | null> {
  const checkout = checkoutOf(suite.from);
  const support = SUPPORT[suite.from];
  const { accessKeyId, secretAccessKey } = cloud.iam.rootCredentials;
  const path = [FOLDER, ...support.path(checkout)];
  const options = ["-m", "pytest", "-q", "-rfE", "--tb=short", "-W", "ignore", "-p", "no:cacheprovider"];
  const plugins = [support.plugin, "outside"].flatMap((plugin) => ["-p", plugin]);
  const python = spawn(PYTHON, [...options, ...plugins, ...suite.files], {
    cwd: checkout,
    stdio: "inherit",
    env: {
      ...process.env,
      PYTHONPATH: [...path, process.env.PYTHONPATH ?? ""].join(":"),
      PYTHONDONTWRITEBYTECODE: "1",
      PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1",
      OUTSIDE_SUITE: JSON.stringify(suite),
      OUTSIDE_PORT: String(PORT),
      OUTSIDE_OTHER: JSON.stringify(other),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: cloud.region,
      TEST_AWS_ACCESS_KEY_ID: accessKeyId,
      TEST_AWS_SECRET_ACCESS_KEY: secretAccessKey,
      TEST_AWS_ACCOUNT_ID: cloud.accountId,
      TEST_AWS_ENDPOINT_URL: `http://localhost.localstack.cloud:${PORT}`,
    },
  });
  return new Promise((resolve, reject) => python.once("error", reject).once("exit", resolve));
}

function createOther() {
  const arn = `arn:aws:iam::${cloud.accountId}:role/other`;
  const account = { AWS: cloud.accountId };
  const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: account };
  cloud.iam.putRole(arn, JSON.stringify({ Version: "2012-10-17", Statement: trust }));
  cloud.iam.putRolePolicy(arn, "own", JSON.stringify({ Version: "2012-10-17", Statement: OTHER_MAY }));
  const root = { kind: "root", arn: `arn:aws:iam::${cloud.accountId}:root` } as const;
  return cloud.iam.assumeRole(arn, root, "outside");
}

/** Empty when nobody said where it is. */
function checkoutOf(variable: string): string {
  const path = process.env[variable];
  return path ? resolve(path) : "";
}
