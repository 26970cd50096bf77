// The parts of dynalite that are used here, which has no types of its own. Not its HTTP server: it would need a port, it throws
// what it did not expect, and it takes region and account from the environment.

declare module "dynalite/db/index.js" {
  export interface Table {
    TableName: string;
    TableStatus: string;
    GlobalSecondaryIndexes?: { IndexStatus: string }[];
  }
  export interface Store {
    tableDb: {
      awsAccountId: string;
      awsRegion: string;
      put(name: string, table: Table, done: (error: Error | null) => void): void;
    };
    db: {
      open(): Promise<void>;
      close(): Promise<void>;
      values(range: { gte: string; lt: string }): { all(): Promise<Table[]> };
    };
  }
  export function create(options: {
    path: string;
    createTableMs: number;
    updateTableMs: number;
    deleteTableMs: number;
  }): Store;
}

declare module "dynalite/validations/index.js" {
  import type { Store } from "dynalite/db/index.js";
  export interface Validation {
    types: object;
    custom?: unknown;
  }
  export function checkTypes(input: object, types: object): object;
  export function checkValidations(input: object, types: object, custom: unknown, store: Store): void;
}
