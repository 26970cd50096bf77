// What the operations of Lambda's API share: where things are, who may do what, and by which names a function is called.
import type { Cloud } from "../../cloud.ts";
import type { Request } from "../../protocol/http.ts";
import { ServiceError } from "../../protocol/model.ts";
import type { CodeFolders } from "../code-folders.ts";
import type { EventQueue } from "../events/event-queue.ts";
import type { FunctionConfiguration } from "../function.ts";
import type { Functions } from "../functions.ts";
import type { Mappings } from "../mappings/mappings.ts";
import { invalid } from "../refusals.ts";

export interface LambdaApiContext {
  cloud: Cloud;
  mappings: Mappings;
  functions: Functions;
  events: EventQueue;
  folders: CodeFolders;
  queueUrlOf(arn: string): string;
}

/** Throws AccessDeniedException. `action`: `lambda:…` unless it says of which other service it is. */
export function authorize(
  { cloud: { iam } }: LambdaApiContext,
  action: string,
  resource: string,
  { principal }: Request,
  context: Record<string, string> = {},
): void {
  try {
    if (!principal) throw new Error("Access Denied");
    iam.authorize({
      principal,
      action: action.includes(":") ? action : `lambda:${action}`,
      resource,
      context: { "aws:SecureTransport": "true", ...context },
    });
  } catch (error) {
    throw new ServiceError("AccessDeniedException", (error as Error).message, { status: 403 });
  }
}

/** The arn of the function itself, whatever it is called by, for those who may. */
export function permittedFunction(
  context: LambdaApiContext,
  action: string,
  named: string,
  request: Request,
): string {
  const arn = functionArn(context, nameOf(named));
  authorize(context, action, arn, request);
  return arn;
}

/** The same for those who want to change it: it has no versions that could be changed by themselves. */
export function ownFunction(
  context: LambdaApiContext,
  action: string,
  { FunctionName = "", Qualifier }: { FunctionName: string | undefined; Qualifier?: string | undefined },
  request: Request,
): string {
  const arn = permittedFunction(context, action, FunctionName, request);
  if (functionArn(context, FunctionName, Qualifier) === arn) return arn;
  throw invalid("Expected no qualifier for FunctionName: versions and aliases are not changed here.");
}

export function ownConfiguration(context: LambdaApiContext, named: string): FunctionConfiguration {
  return context.functions.find(functionArn(context, nameOf(named))).pool.configuration();
}

/** A function is named by its name or its arn, with or without a qualifier in it or beside it. */
export function functionArn(
  context: LambdaApiContext,
  named: string,
  qualifier = qualifierOf(named),
): string {
  const arn = `${arnPrefix(context)}:function:${nameOf(named)}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

export function mappingArn(context: LambdaApiContext, id: string): string {
  return `${arnPrefix(context)}:event-source-mapping:${id}`;
}

function arnPrefix({ cloud: { region, accountId } }: LambdaApiContext): string {
  return `arn:aws:lambda:${region}:${accountId}`;
}

export function nameOf(named: string): string {
  const [, ofArn] = /(?:^|:)function:([^:]+)/.exec(named) ?? [];
  return ofArn ?? named.split(":").at(0) ?? "";
}

function qualifierOf(named: string): string | undefined {
  return /(?:^|:)function:[^:]+:(.+)$/.exec(named)?.[1] ?? /^[^:]+:([^:]+)$/.exec(named)?.[1];
}
