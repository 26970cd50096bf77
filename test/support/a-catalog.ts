// Asks a pipeline's catalog with the very commands that the documentation shows, word by word.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { PROJECT_DIRECTORY, type TestPipeline } from "./a-pipeline.ts";

/** Lines of a page that call this service with the aws command. */
export function commandsIn(page: string, service: string): string[] {
  const text = readFileSync(join(PROJECT_DIRECTORY, page), "utf8").replaceAll(/ \\\n +/g, " ");
  const lines = text.split("\n");
  return lines.map((line) => line.trim()).filter((line) => line.startsWith(`aws ${service} `));
}

/** With the only command that has this word in it. `changes`: texts to replace in it first. */
export async function askCatalog(
  { endpoint, outputs }: TestPipeline,
  commands: readonly string[],
  word: string,
  changes: Record<string, string>,
): Promise<Record<string, unknown>[]> {
  const [command, ...others] = commands.filter((line) => line.includes(word));
  if (command === undefined || others.length > 0) throw new Error(`Expected one command with ${word}.`);
  let text = command;
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`Expected ${from} in the command, but received ${text}.`);
    text = text.replace(from, to);
  }
  const words = new Map(
    [...text.matchAll(/--([a-z-]+) ('[^']*'|(?!--)\S+)/g)].map(([, name, value]) => [name, value]),
  );
  const of = (name: string) => words.get(name)?.replaceAll("'", "");
  const json = (name: string) => (of(name) === undefined ? undefined : JSON.parse(of(name) ?? ""));
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const dynamodb = new DynamoDBClient({ endpoint, region: String(outputs.region), credentials });
  const TableName = String(outputs.catalogTable);
  try {
    if (text.startsWith("aws dynamodb get-item")) {
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: json("key") }));
      return Item ? [unmarshall(Item)] : [];
    }
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: of("index-name"),
        KeyConditionExpression: of("key-condition-expression"),
        ExpressionAttributeNames: json("expression-attribute-names"),
        ExpressionAttributeValues: json("expression-attribute-values"),
        ScanIndexForward: !text.includes("--no-scan-index-forward"),
      }),
    );
    return Items.map((item) => unmarshall(item));
  } finally {
    dynamodb.destroy();
  }
}
