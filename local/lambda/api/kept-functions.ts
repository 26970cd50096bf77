// Functions that requests make, change and delete. The row, with the zip in it, is what there is: it is written first, and
// what runs follows it. What a program declares is the program's.
import { createHash, randomUUID } from "node:crypto";
import { ServiceError } from "../../protocol/model.ts";
import { conflict, functionNotFound, invalid } from "../refusals.ts";
import {
  deleteFunction,
  insertFunction,
  type KeptFunction,
  keptFunction,
  updateFunction,
} from "../tables.ts";
import type { LambdaApiContext } from "./api-context.ts";

export async function createFunction(
  context: LambdaApiContext,
  wanted: KeptFunction,
  zip: Uint8Array,
): Promise<KeptFunction> {
  const { functions, folders } = context;
  const { database } = context.cloud;
  const refuseExisting = () => {
    if (functions.lookup(wanted.arn) || keptFunction(database, wanted.arn))
      throw conflict(`Function already exist: ${wanted.name}`);
  };
  refuseExisting();
  functions.check(wanted);
  const codeDirectory = folders.unpack(zip);
  const configuration = revised(wanted, zip);
  const inserted = database.write(() => {
    refuseExisting();
    insertFunction(database, configuration, zip);
  });
  await keepIf(context, inserted, codeDirectory);
  await functions.put({ ...configuration, codeDirectory }, { isKept: true });
  return configuration;
}

interface Change {
  /** What the function is afterwards. */
  changed?(before: KeptFunction): KeptFunction;
  zip?: Uint8Array;
  /** Which it must be the change of; of any, when absent. */
  revisionId?: string | undefined;
}

export async function changeFunction(
  context: LambdaApiContext,
  arn: string,
  { changed = (before) => before, zip, revisionId }: Change,
): Promise<KeptFunction> {
  const { functions, folders } = context;
  const { database } = context.cloud;
  refuseDeclared(context, arn);
  const folder = zip && folders.unpack(zip);
  const written = database.write(() => {
    const before = keptFunction(database, arn);
    if (!before) throw functionNotFound(arn);
    if (revisionId !== undefined && revisionId !== before.revision?.id) throw otherRevision();
    const after = revised(changed(before), zip);
    functions.check(after);
    updateFunction(database, after, zip);
    return after;
  });
  const configuration = await keepIf(context, written, folder);
  const { codeDirectory: earlier } = functions.find(arn).pool.configuration();
  const over = functions.put({ ...configuration, codeDirectory: folder ?? earlier }, { isKept: true });
  if (folder !== undefined) void over.then(() => folders.remove(earlier));
  return configuration;
}

export async function removeFunction(context: LambdaApiContext, arn: string): Promise<void> {
  const { functions, folders } = context;
  const { database } = context.cloud;
  refuseDeclared(context, arn);
  await database.write(() => {
    if (!keptFunction(database, arn)) throw functionNotFound(arn);
    deleteFunction(database, arn);
  });
  const { codeDirectory } = functions.find(arn).pool.configuration();
  void functions.remove(arn).then(() => folders.remove(codeDirectory));
}

/** The folder goes when the row that it belongs to is not written. */
async function keepIf<Result>(
  { folders }: LambdaApiContext,
  written: Promise<Result>,
  folder: string | undefined,
): Promise<Result> {
  return await written.catch(async (error: unknown) => {
    if (folder !== undefined) await folders.remove(folder);
    throw error;
  });
}

/** A change would be gone with the next start, or the program would undo it. */
function refuseDeclared({ functions }: LambdaApiContext, arn: string): void {
  const { pool, isKept } = functions.find(arn);
  const { name } = pool.configuration();
  if (!isKept)
    throw invalid(
      `Expected a function that CreateFunction made for FunctionName, but received ${name}: deploy the program to change it.`,
    );
}

function revised(configuration: KeptFunction, zip?: Uint8Array): KeptFunction {
  const { codeSha256 = "", codeBytes = 0 } = configuration.revision ?? {};
  const code = zip
    ? { codeSha256: createHash("sha256").update(zip).digest("base64"), codeBytes: zip.length }
    : { codeSha256, codeBytes };
  const modifiedAt = new Date().toISOString().replace("Z", "+0000");
  return { ...configuration, revision: { id: randomUUID(), modifiedAt, ...code } };
}

function otherRevision(): ServiceError {
  const message =
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";
  return new ServiceError("PreconditionFailedException", message, { status: 412 });
}
