import { posix } from "node:path";
import { LineCounter, isMap, isScalar, parseDocument } from "yaml";
import type { Document } from "yaml";

import { generatorError } from "../../generator-error.ts";
import type { TargetTree } from "../../plan/target-tree.ts";
import { isFile, readEnvironmentFile } from "./environment-file.ts";
import type { Place } from "./system.ts";

/** A service as one Compose file, or several on top of each other, describe it. */
export interface ComposeService {
  readonly key: string;
  readonly place: Place;
  /** The fields as YAML gives them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where a field, or something in it, stands. */
  readonly placeOf: (...path: readonly (string | number)[]) => Place;
}

/** What a repository's Compose files say. */
export interface ComposeProject {
  /** The first of the files, relative to the root. */
  readonly file: string;
  /** Its folder, from which its paths start; `.` for the root. */
  readonly folder: string;
  readonly services: readonly ComposeService[];
  /** Names of top-level parts that are read by nobody: `include`, `configs`. */
  readonly others: readonly { readonly name: string; readonly place: Place }[];
  /** The files of secrets by their names, relative to the root. */
  readonly secretFiles: ReadonlyMap<string, string>;
  /** What variables in the files stand for. */
  readonly variables: ReadonlyMap<string, string>;
}

/** The names that Compose looks for itself, and what it lays on top. */
export const composeNames: readonly string[] = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];
const overrideNames = composeNames.map((name) => name.replace(/\.(ya?ml)$/, ".override.$1"));

/** Reads a Compose file, with the override beside it when it has a usual name. */
export function readCompose(tree: TargetTree, file: string): ComposeProject {
  const folder = posix.dirname(file);
  const below = (name: string): string => (folder === "." ? name : `${folder}/${name}`);
  const override = composeNames.includes(posix.basename(file))
    ? overrideNames.map(below).find((path) => tree.kindOf(path) === "file")
    : undefined;
  const layers = [file, ...(override === undefined ? [] : [override])].map((path) => readLayer(tree, path));
  const variables = readEnvironmentFile(tree, below(".env"));
  const keys = [...new Set(layers.flatMap(({ services }) => Object.keys(services)))];
  return {
    file,
    folder,
    services: keys.map((key) => layService(tree, { key, layers })),
    others: layers.flatMap(otherParts),
    secretFiles: new Map(layers.flatMap(({ data }) => secretFilesOf(data["secrets"], folder))),
    variables,
  };
}

interface ComposeLayer {
  readonly file: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly services: Readonly<Record<string, unknown>>;
  readonly placeOf: (path: readonly (string | number)[]) => Place;
}

function readLayer(tree: TargetTree, file: string): ComposeLayer {
  const state = tree.read(file);
  if (state === undefined) throw unreadable({ file }, "it is not there");
  if (state.encoding !== "utf8") throw unreadable({ file }, "it is no text in UTF-8");
  const lines = new LineCounter();
  const document = parseDocument(state.contents, { merge: true, lineCounter: lines, uniqueKeys: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw unreadable({ file, line: lines.linePos(fault.pos[0]).line }, firstLine(fault.message));
  }
  const data = mapping(toPlain(document, file));
  const services = data["services"] === undefined ? versionOneServices(data) : mapping(data["services"]);
  if (Object.keys(services).length === 0) throw unreadable({ file }, 'it has no "services"');
  return { file, data, services, placeOf: (path) => placeIn(document, { file, lines, path }) };
}

function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw unreadable({ file }, firstLine((error as Error).message));
  }
}

/** Before version 2 the services stood at the top. */
function versionOneServices(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const services = Object.entries(data).filter(([, each]) => {
    const { image, build } = mapping(each);
    return image !== undefined || build !== undefined;
  });
  return Object.fromEntries(services);
}

/** The fields of a service of all files: maps and lists grow, everything else is replaced, as Compose does it. */
function layService(
  tree: TargetTree,
  { key, layers }: { key: string; layers: readonly ComposeLayer[] },
): ComposeService {
  let fields: Record<string, unknown> = {};
  let top: ComposeLayer | undefined;
  for (const layer of layers) {
    if (!Object.hasOwn(layer.services, key)) continue;
    top ??= layer;
    fields = layered(fields, extended(tree, { layer, key, seen: new Set() }));
  }
  const own = top as ComposeLayer;
  const base = own.services === own.data["services"] ? ["services", key] : servicePath(own, key);
  return {
    key,
    place: own.placeOf(base),
    fields,
    placeOf(...path) {
      const layer = layers.findLast(({ services }) => mapping(services[key])[String(path[0])] !== undefined);
      return (layer ?? own).placeOf([...base, ...path]);
    },
  };
}

function servicePath({ data }: ComposeLayer, key: string): readonly string[] {
  return data["services"] === undefined ? [key] : ["services", key];
}

/** The fields of a service, on top of those of the one that it extends. */
function extended(
  tree: TargetTree,
  { layer, key, seen }: { layer: ComposeLayer; key: string; seen: ReadonlySet<string> },
): Record<string, unknown> {
  const { extends: parent, ...fields } = mapping(layer.services[key]);
  const { service = parent, file } = mapping(parent);
  if (typeof service !== "string") return fields;
  const folder = posix.dirname(layer.file);
  const other = typeof file === "string" ? posix.normalize(posix.join(folder, file)) : layer.file;
  const id = `${other}#${service}`;
  const place = layer.placeOf([...servicePath(layer, key), "extends"]);
  if (seen.has(id)) throw unreadable(place, `"${key}" extends itself`);
  if (other !== layer.file && !isFile(tree, other))
    throw unreadable(place, `"${key}" extends "${other}", which is not there`);
  const from = other === layer.file ? layer : readLayer(tree, other);
  if (!Object.hasOwn(from.services, service))
    throw unreadable(place, `"${key}" extends "${service}", which is not there`);
  return layered(extended(tree, { layer: from, key: service, seen: new Set([...seen, id]) }), fields);
}

function layered(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...below };
  for (const [name, added] of Object.entries(above)) {
    const now = result[name];
    if (["command", "entrypoint"].includes(name) || now === undefined) result[name] = added;
    else if (["environment", "depends_on", "labels", "args"].includes(name))
      result[name] = { ...asMap(now), ...asMap(added) };
    else if (Array.isArray(now) && Array.isArray(added))
      result[name] = [...new Set([...(now as unknown[]), ...(added as unknown[])])];
    else if (isMapping(now) && isMapping(added)) result[name] = layered(now, added);
    else result[name] = added;
  }
  return result;
}

/** `["A=1", "B"]` and `{ A: 1, B: null }` are one thing. */
export function asMap(given: unknown): Record<string, unknown> {
  if (!Array.isArray(given)) return mapping(given);
  return Object.fromEntries(
    (given as unknown[]).map((item) => {
      const text = String(item);
      const at = text.indexOf("=");
      return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** A mapping as it is; anything else is an empty one. */
export function mapping(given: unknown): Record<string, unknown> {
  return isMapping(given) ? given : {};
}

function isMapping(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function secretFilesOf(secrets: unknown, folder: string): [string, string][] {
  return Object.entries(mapping(secrets)).flatMap(([name, given]): [string, string][] => {
    const { file } = mapping(given);
    return typeof file === "string" ? [[name, posix.normalize(posix.join(folder, file))]] : [];
  });
}

function otherParts({ data, placeOf }: ComposeLayer): { name: string; place: Place }[] {
  return ["include", "configs", "models"]
    .filter((name) => data[name] !== undefined)
    .map((name) => ({ name, place: placeOf([name]) }));
}

function placeIn(
  document: Document,
  { file, lines, path }: { file: string; lines: LineCounter; path: readonly (string | number)[] },
): Place {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) break;
      offset = rangeOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      const item = (node as { items?: readonly unknown[] } | null)?.items;
      const found = item?.find((each, index) => index === part || startsWithName(each, part));
      if (found === undefined) break;
      offset = rangeOf(found) ?? offset;
      node = found;
    }
  }
  return offset === undefined ? { file } : { file, line: lines.linePos(offset).line };
}

/** `- NAME=value` is what is looked for as `NAME`. */
function startsWithName(node: unknown, part: string | number): boolean {
  if (!isScalar(node)) return false;
  const text = String(node.value);
  return text === part || text.startsWith(`${part}=`);
}

function rangeOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | null)?.range?.[0];
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/:$/, "");
}

function unreadable({ file, line }: Place, reason: string): Error {
  const where = line === undefined ? file : `${file}:${line}`;
  return generatorError("DEXT_GENERATE_SYSTEM_UNREADABLE", `"${where}" cannot be understood: ${reason}`, {
    hint: "Mend the file, or name another one with --compose; --compose none does without.",
    details: { file, ...(line === undefined ? {} : { line }) },
  });
}
