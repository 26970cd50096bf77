// Tables, by dynalite on LevelDB. It is loaded, and its files are opened, with the first request: who has no table pays
// nothing. What was acknowledged survives kill -9, but an item and its index entries are written one after the other.
import { createRequire } from "node:module";
import type { Store, Table } from "dynalite/db/index.js";
import type { Validation } from "dynalite/validations/index.js";
import { ServiceError } from "../protocol/model.ts";

export interface Engine {
  /** Rejects with what DynamoDB would refuse. */
  run(operation: string, input: object): Promise<object>;
  close(): Promise<void>;
}

/** What dynalite knows how to do. */
export const ENGINE_OPERATIONS = [
  "BatchGetItem",
  "BatchWriteItem",
  "CreateTable",
  "DeleteItem",
  "DeleteTable",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "ListTagsOfResource",
  "PutItem",
  "Query",
  "Scan",
  "TagResource",
  "UntagResource",
  "UpdateItem",
  "UpdateTable",
];

type Action = (store: Store, input: object, done: (error: unknown, output: object) => void) => void;

export interface EngineOptions {
  /** Of the data directory. */
  path: string;
  region: string;
  accountId: string;
}

const load = createRequire(import.meta.url);

export function createEngine(options: EngineOptions): Engine {
  let opening: Promise<Store> | undefined;

  async function run(operation: string, input: object): Promise<object> {
    opening ??= openStore(options);
    const store = await opening;
    const { checkTypes, checkValidations } = await import("dynalite/validations/index.js");
    const file = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}.js`;
    const { types, custom } = load(`dynalite/validations/${file}`) as Validation;
    const act = load(`dynalite/actions/${file}`) as Action;
    refuseUnknown(input, types);
    try {
      const checked = checkTypes(input, types);
      checkValidations(checked, types, custom, store);
      return await new Promise((resolve, reject) => {
        act(store, checked, (error, output) => (error ? reject(error) : resolve(output)));
      });
    } catch (error) {
      throw translate(error);
    }
  }

  return {
    run,
    close: async () => void (await (await opening)?.db.close()),
  };
}

/** dynalite would leave it out without a word. */
function refuseUnknown(input: object, types: object): void {
  const unknown = Object.keys(input).find((name) => !(name in types));
  if (unknown === undefined) return;
  const message = `Expected an input that is understood here, but received ${unknown}.`;
  throw new ServiceError("ValidationException", message, { status: 400 });
}

async function openStore({ path, region, accountId }: EngineOptions): Promise<Store> {
  const { create } = await import("dynalite/db/index.js");
  const store = create({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  Object.assign(store.tableDb, { awsRegion: region, awsAccountId: accountId });
  await store.db.open();
  await endInterrupted(store);
  return store;
}

/** A process that died while a table was being made or changed has left it so, and nobody else would ever end it. */
async function endInterrupted({ db, tableDb }: Store): Promise<void> {
  const tables = await db.values({ gte: "table~", lt: "table~~" }).all();
  for (const table of tables.filter(({ TableStatus }) => TableStatus !== "ACTIVE")) {
    table.TableStatus = "ACTIVE";
    for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = "ACTIVE";
    await new Promise<void>((resolve, reject) => {
      tableDb.put(table.TableName, table satisfies Table, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** dynalite's errors have the body of an answer. */
function translate(error: unknown): unknown {
  const { body, statusCode } = error as {
    body?: { __type: string; message?: string; Message?: string };
    statusCode?: number;
  };
  if (!body || statusCode === undefined) return error;
  const name = body.__type.split("#").at(-1) ?? "";
  const { __type, message, Message, ...more } = body;
  return new EngineError(name, message ?? Message ?? "", { status: statusCode }, more);
}

/** An error with fields of its own, such as the item that failed a condition. */
export class EngineError extends ServiceError {
  readonly fields: object;

  constructor(code: string, message: string, options: { status: number }, fields: object) {
    super(code, message, options);
    this.fields = fields;
  }
}
