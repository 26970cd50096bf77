// Which operation a request means: by method, by what it is about, and by the query parameters and headers that the
// model says the operation needs (PutObject and CopyObject differ by one header). The most demanding match wins.
import type { Request } from "./http.ts";
import type { Operation, ServiceModel } from "./model.ts";

export interface Target {
  bucket?: string | undefined;
  key?: string | undefined;
}

interface Route {
  operation: Operation;
  /** Query parameters fixed in the URI template: `?uploads`, `?list-type=2`. */
  literals: [name: string, value: string][];
  queries: string[];
  headers: string[];
}

export function createRouter({ operations }: ServiceModel) {
  const routes = new Map<string, Route[]>();
  for (const operation of operations.values()) {
    if (!operation.http) continue;
    const slot = `${operation.http.method} ${scopeOf(operation)}`;
    routes.set(
      slot,
      [...(routes.get(slot) ?? []), routeOf(operation)].sort((a, b) => demands(b) - demands(a)),
    );
  }
  return (request: Request, { bucket, key }: Target): Operation | undefined => {
    const scope = key ? "object" : bucket ? "bucket" : "service";
    return routes.get(`${request.method} ${scope}`)?.find((route) => matches(route, request))?.operation;
  };
}

function scopeOf({ http, input }: Operation): string {
  if (http?.uri.includes("{Key+}")) return "object";
  return input.some(({ name }) => name === "Bucket") ? "bucket" : "service";
}

function routeOf(operation: Operation): Route {
  const [, search = ""] = operation.http?.uri.split("?") ?? [];
  // `x-id` only names the operation for people; clients may leave it out.
  const literals = [...new URLSearchParams(search)].filter(([name]) => name !== "x-id");
  const required = (trait: string) =>
    operation.input
      .filter((member) => member.required && member.traits[trait])
      .map(({ traits }) => String(traits[trait]));
  return {
    operation,
    literals,
    queries: required("httpQuery"),
    headers: required("httpHeader").map((name) => name.toLowerCase()),
  };
}

function demands({ literals, queries, headers }: Route): number {
  return literals.length + queries.length + headers.length;
}

function matches({ literals, queries, headers }: Route, request: Request): boolean {
  return (
    literals.every(
      ([name, value]) => request.query.has(name) && (value === "" || request.query.get(name) === value),
    ) &&
    queries.every((name) => request.query.has(name)) &&
    headers.every((name) => request.headers[name] !== undefined)
  );
}
