import type { JsonNode } from "./json-document.ts";

/** Text or a number together with the line where it stands. */
export interface Located<T> {
  readonly value: T;
  readonly line: number;
}

/** The node at a path of member names, when every step is an object that has the member. */
export function nodeAt(node: JsonNode | undefined, ...path: readonly string[]): JsonNode | undefined {
  let current = node;
  for (const name of path) {
    const members = membersOf(current);
    current = members?.get(name);
  }
  return current;
}

/** The text at a path; nothing when something else stands there. */
export function textAt(node: JsonNode | undefined, ...path: readonly string[]): Located<string> | undefined {
  const found = nodeAt(node, ...path);
  return found !== undefined && typeof found.value === "string"
    ? { value: found.value, line: found.line }
    : undefined;
}

/** The members of an object; nothing for any other value. */
export function membersOf(node: JsonNode | undefined): ReadonlyMap<string, JsonNode> | undefined {
  return node?.value instanceof Map ? (node.value as ReadonlyMap<string, JsonNode>) : undefined;
}

/** The items of an array; nothing for any other value. */
export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] | undefined {
  return Array.isArray(node?.value) ? (node.value as readonly JsonNode[]) : undefined;
}

/** What kind of JSON value stands there, for messages: `an object`, `a list`, `"text"`, `42`. */
export function describeNode(node: JsonNode): string {
  if (node.value instanceof Map) return "an object";
  if (Array.isArray(node.value)) return "a list";
  const text = JSON.stringify(node.value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The plain value, with null-prototype objects, so that a member named `__proto__` cannot reach a prototype. */
export function plainValue(node: JsonNode): unknown {
  const items = itemsOf(node);
  if (items !== undefined) return items.map((item) => plainValue(item));
  const members = membersOf(node);
  if (members === undefined) return node.value;
  const result = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of members) result[name] = plainValue(member);
  return result;
}
