// The resources of a stack as a tree, each with the line that declares it. A name that begins with its parent's is shown
// without that part.

import { paint } from "../../cli/terminal/screen.ts";
import type { RegisteredResource } from "../../local/deployer/registry.ts";

const STACK_TYPE = "pulumi:pulumi:Stack";

/** A line of the tree: what is drawn before it, its type and name, and where it is declared. */
interface Row {
  lines: string;
  type: string;
  name: string;
  place: string;
  isComponent: boolean;
}

export function treeText(resources: readonly RegisteredResource[], columns: number): string {
  const stack = resources.find(({ type }) => type === STACK_TYPE);
  const rows = rowsBelow(resources, stack?.urn ?? "", "", "");
  return rows.map((row) => rowText(row, columns)).join("\n");
}

function rowsBelow(
  resources: readonly RegisteredResource[],
  parent: string,
  parentName: string,
  lines: string,
): Row[] {
  const children = resources.filter((resource) => resource.parent === parent).toSorted(bySubject);
  return children.flatMap((child, index) => {
    const isRoot = lines === "" && parentName === "";
    const isLast = index === children.length - 1;
    const row = {
      lines: isRoot ? "" : `${lines}${isLast ? "└─ " : "├─ "}`,
      type: shortType(child.type),
      name: shortName(child.name, parentName),
      place: child.declaredAt,
      isComponent: !child.custom,
    };
    const below = isRoot ? "" : `${lines}${isLast ? "   " : "│  "}`;
    return [row, ...rowsBelow(resources, child.urn, child.name, below)];
  });
}

/** Things before what is said about them, each kind together. Components keep the order of their declaration. */
function bySubject(one: RegisteredResource, other: RegisteredResource): number {
  if (one.custom !== other.custom) return one.custom ? -1 : 1;
  if (!one.custom) return 0;
  return sortKey(one) < sortKey(other) ? -1 : 1;
}

function sortKey({ type, name }: RegisteredResource): string {
  return `${type} ${name}`;
}

/** `aws:s3/bucketPolicy:BucketPolicy` is `s3 BucketPolicy`. */
function shortType(type: string): string {
  const [, service, kind] = /^aws:([^/:]+)\/[^:]*:(.*)$/.exec(type) ?? [];
  return service === undefined ? (type.split(":").at(-1) ?? type) : `${service} ${kind}`;
}

function shortName(name: string, parentName: string): string {
  if (name === parentName) return "";
  return parentName !== "" && name.startsWith(`${parentName}-`) ? name.slice(parentName.length + 1) : name;
}

function rowText({ lines, type, name, place, isComponent }: Row, columns: number): string {
  const label = name === "" ? type : `${type} ${name}`;
  const gap = " ".repeat(Math.max(1, columns - lines.length - label.length - place.length));
  const [service, kind] = isComponent ? ["", type] : [`${type.split(" ")[0]} `, type.split(" ")[1] ?? ""];
  const shown = `${paint("dim", service)}${isComponent ? paint("bold", kind) : kind}`;
  const suffix = name === "" ? "" : ` ${paint("cyan", name)}`;
  return `${paint("dim", lines)}${shown}${suffix}${paint("dim", gap + place)}`;
}
