// What every operation of IAM works with.
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import type { Iam } from "./iam.ts";
import type { Role } from "./roles.ts";
import { invalid, lengthProblem, rangeProblem, validate } from "./validation.ts";

export interface IamContext {
  database: Database;
  iam: Iam;
  accountId: string;
  now(): number;
}

const DEFAULT_PAGE_LENGTH = 100;

/** The role, if there is one and whoever asks may do this to it. */
export function permittedRole(context: IamContext, request: Request, action: string, name = ""): Role {
  checkName("roleName", name, 64);
  const role = context.iam.roles.find(name);
  authorize(context, request, action, role?.arn ?? roleArn(context, "/", name));
  if (!role) throw noSuchEntity("role", name);
  return role;
}

/** Changes the role, which is read and written in one transaction, so that no change of another is lost. */
export async function changeRole(
  context: IamContext,
  request: Request,
  action: string,
  name: string | undefined,
  change: (role: Role) => Role,
): Promise<void> {
  const asked = permittedRole(context, request, action, name);
  await context.database.write(() => context.iam.roles.write(change(ownRole(context, asked.name))));
}

/** Throws for a role that is not there, or that only the program may change. */
export function ownRole({ iam: { roles } }: IamContext, name: string): Role {
  const role = roles.find(name);
  if (!role) throw noSuchEntity("role", name);
  if (!roles.isDeclared(name)) return role;
  const message = `Expected a role that CreateRole made, but received ${name}, which the deployed program declares: change it there.`;
  throw new ServiceError("UnmodifiableEntity", message);
}

/** Throws AccessDenied. */
export function authorize(
  { iam }: IamContext,
  { principal }: Request,
  action: string,
  resource: string,
): void {
  if (!principal) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  const context = { "aws:SecureTransport": "true" };
  iam.authorize({ principal, action: `iam:${action}`, resource, context });
}

export function roleArn({ accountId }: IamContext, path: string, name: string): string {
  return `arn:aws:iam::${accountId}:role${path}${name}`;
}

export function noSuchEntity(what: "role" | "role policy", name: string): ServiceError {
  const message = `The ${what} with name ${name} cannot be found.`;
  return new ServiceError("NoSuchEntity", message, { status: 404 });
}

export function checkName(member: string, name: string, maxLength: number): void {
  validate(lengthProblem(member, name.length, [1, maxLength]));
  if (/^[\w+=,.@-]+$/.test(name)) return;
  const allowed = "alphanumeric characters and/or the following: +=,.@_-";
  throw invalid(`The specified value for ${member} is invalid. It must contain only ${allowed}`);
}

/** `find` gets how many are wanted: one more than the page has, to know whether it is the last. */
export function pageOf<Item>(
  maxItems: number | undefined,
  nameOf: (item: Item) => string,
  find: (most: number) => Item[],
): { page: Item[]; more: { IsTruncated: boolean; Marker?: string } } {
  const length = maxItems ?? DEFAULT_PAGE_LENGTH;
  validate(rangeProblem("maxItems", length, [1, 1000]));
  const found = find(length + 1);
  const page = found.slice(0, length);
  const last = page.at(-1);
  const isTruncated = found.length > page.length;
  return {
    page,
    more: { IsTruncated: isTruncated, ...(isTruncated && last && { Marker: nameOf(last) }) },
  };
}
