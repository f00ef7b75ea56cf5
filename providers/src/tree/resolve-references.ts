import { isDextError, mask } from "@dext/core";
import { configError } from "../config-error.ts";
import { formatPath, parsePath } from "./config-path.ts";
import type { ConfigPath } from "./config-path.ts";
import { describeOrigin, findNode, objectNode } from "./config-tree.ts";
import type { ConfigNode, ObjectNode, ScalarValue, ValueNode } from "./config-tree.ts";

/** What references are resolved with. */
export interface ResolveOptions {
  /** Whether the value at a path is declared a secret; what refers to it becomes one. */
  isSecret: (path: ConfigPath) => boolean;
}

/** How long a text may become by what it refers to: a text that doubles thirty times must not fill the memory. */
const longestText = 1_048_576;

/**
 * Replaces `${path}` and `${path:-default}` in values by the values that stand there; `\${` stays as `${`. A value that is
 * one reference and nothing else takes the type of what it refers to. Whatever holds part of a secret is one.
 *
 * @throws DextError `DEXT_CONFIG_REFERENCE_UNKNOWN`, `DEXT_CONFIG_REFERENCE_CYCLE`, `DEXT_CONFIG_REFERENCE_INVALID`
 */
export function resolveReferences(root: ObjectNode, { isSecret }: ResolveOptions): ObjectNode {
  return resolveObject(root, { root, isSecret, path: [], asking: [], known: new Map() });
}

/** The single value at a path, its references resolved; undefined when there is none. Nothing else is looked at. */
export function resolveAt(
  root: ObjectNode,
  path: ConfigPath,
  { isSecret }: ResolveOptions,
): ValueNode | undefined {
  const found = findNode(root, path);
  if (found?.node.kind !== "value") return undefined;
  return resolveValue(found.node, { root, isSecret, path: found.path, asking: [], known: new Map() });
}

interface Resolving extends ResolveOptions {
  root: ObjectNode;
  /** Where the value stands that is being resolved. */
  path: ConfigPath;
  /** The paths whose values wait for this one. */
  asking: readonly string[];
  /** What has been resolved, by path. */
  known: Map<string, ValueNode>;
}

function resolveObject(node: ObjectNode, resolving: Resolving): ObjectNode {
  let changed = false;
  const entries: [string, ConfigNode][] = [];
  for (const [key, child] of node.entries) {
    const resolved = resolveNode(child, { ...resolving, path: [...resolving.path, key] });
    changed ||= resolved !== child;
    entries.push([key, resolved]);
  }
  return changed ? { ...objectNode(entries, node), over: node.over } : node;
}

function resolveNode(node: ConfigNode, resolving: Resolving): ConfigNode {
  if (node.kind === "object") return resolveObject(node, resolving);
  if (node.kind === "value") return resolveValue(node, resolving);
  const items = node.items.map((item, at) =>
    resolveNode(item, { ...resolving, path: [...resolving.path, String(at)] }),
  );
  return items.every((item, at) => item === node.items[at]) ? node : { ...node, items };
}

function resolveValue(node: ValueNode, resolving: Resolving): ValueNode {
  if (!node.references || typeof node.value !== "string" || !node.value.includes("${")) return node;
  const key = formatPath(resolving.path);
  const present = resolving.known.get(key);
  if (present !== undefined) return present;
  const { value, secret } = resolveText(node.value, { node, resolving });
  const resolved = { ...node, references: false, value, secret: node.secret || secret };
  resolving.known.set(key, resolved);
  return resolved;
}

interface Resolved {
  value: ScalarValue;
  secret: boolean;
}

function resolveText(text: string, { node, resolving }: { node: ValueNode; resolving: Resolving }): Resolved {
  const place: Place = {
    node,
    path: resolving.path,
    hidden: node.secret || resolving.isSecret(resolving.path),
  };
  const parts = splitText(text, place);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (typeof only === "object") return lookUp(only, { place, resolving });
  let whole = "";
  let secret = false;
  for (const part of parts) {
    const found =
      typeof part === "string" ? { value: part, secret: false } : lookUp(part, { place, resolving });
    secret ||= found.secret;
    if (found.value instanceof Uint8Array || found.value === null) {
      const what = found.value === null ? "null" : "bytes";
      const { text: written } = part as Reference;
      throw invalidReference(`${quoted(written, place)} is ${what} and cannot be part of a text`, place);
    }
    whole += String(found.value);
    if (whole.length > longestText) {
      throw invalidReference(`its references make it longer than ${longestText} characters`, place);
    }
  }
  return { value: whole, secret };
}

interface Reference {
  text: string;
  path: ConfigPath;
  fallback: string | undefined;
}

interface Place {
  node: ValueNode;
  path: ConfigPath;
  /** The value is a secret, of which no part may be told. */
  hidden: boolean;
}

/** `"http://${host}:${port:-80}/"` → text and references in turn. */
function splitText(text: string, place: Place): (string | Reference)[] {
  const parts: (string | Reference)[] = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    if (text.startsWith("\\${", at)) {
      plain += "${";
      at += 3;
    } else if (text.startsWith("${", at)) {
      const end = closingBrace(text, at + 2);
      if (end === -1) throw invalidReference(`A reference is opened by "\${" and not closed`, place);
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push(parseReference(text.slice(at + 2, end), place));
      at = end + 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  if (plain !== "") parts.push(plain);
  return parts;
}

/** A default may hold references itself: `${a:-${b}}`. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("\\${", at)) at += 2;
    else if (text.startsWith("${", at)) depth += 1;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

function parseReference(text: string, place: Place): Reference {
  const separator = text.indexOf(":-");
  const written = (separator === -1 ? text : text.slice(0, separator)).trim();
  if (written === "") throw invalidReference(`${quoted(text, place)} names no path`, place);
  try {
    return {
      text,
      path: parsePath(written),
      fallback: separator === -1 ? undefined : text.slice(separator + 2),
    };
  } catch (error) {
    if (!isDextError(error)) throw error;
    throw invalidReference(`${quoted(text, place)} names no path`, place);
  }
}

function lookUp(
  { text, path, fallback }: Reference,
  { place, resolving }: { place: Place; resolving: Resolving },
): Resolved {
  const { node, hidden } = place;
  const here = formatPath(resolving.path);
  const found = findNode(resolving.root, path);
  if (found === undefined) {
    if (fallback !== undefined) return resolveText(fallback, { node, resolving });
    throw configError(
      "DEXT_CONFIG_REFERENCE_UNKNOWN",
      `"${here}" in ${describeOrigin(node.origin)} refers to ${quoted(text, place)}, which no source has`,
      {
        hint: hidden
          ? `Write "\\\${" for the two characters.`
          : `Set "${formatPath(path)}", give a default as in "\${${text}:-value}", or write "\\\${" for the two characters.`,
        details: { path: here, ...(hidden ? {} : { reference: text }), origin: node.origin },
      },
    );
  }
  if (found.node.kind !== "value") {
    const what = found.node.kind === "list" ? "a list" : "an object";
    throw invalidReference(`${quoted(text, place)} is ${what}, not a value`, place);
  }
  const asking = [...resolving.asking, here];
  const target = formatPath(found.path);
  if (asking.includes(target)) {
    const circle = [...asking.slice(asking.indexOf(target)), target];
    throw configError("DEXT_CONFIG_REFERENCE_CYCLE", `Values refer to each other: ${circle.join(" → ")}`, {
      hint: "Give one of them a value of its own.",
      details: { paths: circle },
    });
  }
  const resolved = resolveValue(found.node, { ...resolving, path: found.path, asking });
  return { value: resolved.value, secret: resolved.secret || resolving.isSecret(found.path) };
}

/** A reference as it is written; in a password it may be none, but part of it. */
function quoted(text: string, { hidden }: Place): string {
  return `"\${${hidden ? mask : text}}"`;
}

function invalidReference(what: string, { node, path }: Place): Error {
  return configError(
    "DEXT_CONFIG_REFERENCE_INVALID",
    `"${formatPath(path)}" in ${describeOrigin(node.origin)}: ${what}`,
    {
      hint: 'References are written "${path}" or "${path:-default}"; write "\\${" for the two characters themselves.',
      details: { path: formatPath(path), origin: node.origin },
    },
  );
}
