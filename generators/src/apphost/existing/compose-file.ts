import { posix } from "node:path";
import { LineCounter, Scalar, isMap, isScalar, parseDocument, visit } from "yaml";
import type { Document, Node } from "yaml";

import { generatorError } from "../../generator-error.ts";
import type { TargetTree } from "../../plan/target-tree.ts";
import { readIncludes } from "./compose-include.ts";
import { Replacement, layered } from "./compose-layers.ts";
import { mapping } from "./compose-mapping.ts";
import { rebased } from "./compose-paths.ts";
import { isFile, readEnvironmentFile } from "./environment-file.ts";
import { piecesOf, plainText } from "./interpolate.ts";
import type { Note, Place } from "./system.ts";

/** A service as one Compose file, or several on top of each other, describe it. */
export interface ComposeService {
  readonly key: string;
  readonly place: Place;
  /** From where its paths start, relative to the root; `.` for the root. */
  readonly folder: string;
  /** What variables in its file stand for. */
  readonly variables: ReadonlyMap<string, string>;
  /** The fields as YAML gives them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Where a field, or something in it, stands. */
  readonly placeOf: (...path: readonly (string | number)[]) => Place;
}

/** What a repository's Compose files say. */
export interface ComposeProject {
  /** The first of the files, relative to the root. */
  readonly file: string;
  readonly services: readonly ComposeService[];
  /** Top-level parts that are read by nobody: `configs`, an `include` of a file elsewhere. */
  readonly others: readonly Note[];
  /** The files of secrets by their names, relative to the root. */
  readonly secretFiles: ReadonlyMap<string, string>;
}

/** The names that Compose looks for itself, and what it lays on top. */
export const composeNames: readonly string[] = [
  "compose.yaml",
  "compose.yml",
  "docker-compose.yaml",
  "docker-compose.yml",
];
const overrideNames = composeNames.map((name) => name.replace(/\.(ya?ml)$/, ".override.$1"));

/** Reads a Compose file, with the override beside it when it has a usual name, and with what it includes. */
export function readCompose(tree: TargetTree, file: string): ComposeProject {
  const folder = posix.dirname(file);
  const below = (name: string): string => posix.join(folder, name);
  const override = composeNames.includes(posix.basename(file))
    ? overrideNames.map(below).find((path) => tree.kindOf(path) === "file")
    : undefined;
  const files = [file, ...(override === undefined ? [] : [override])];
  const variables = readEnvironmentFile(tree, below(".env"));
  return { file, ...readFiles(tree, { files, folder, variables, seen: new Set() }) };
}

/** Files that are read as one, on top of each other. */
interface ComposeFiles {
  readonly files: readonly string[];
  readonly folder: string;
  readonly variables: ReadonlyMap<string, string>;
  /** The files that have included these. */
  readonly seen: ReadonlySet<string>;
}

function readFiles(tree: TargetTree, group: ComposeFiles): Omit<ComposeProject, "file"> {
  const { files, folder, variables } = group;
  const layers = files.map((path) => readLayer(tree, path));
  const isReset = (key: string): boolean => {
    const last = layers.findLast(({ services }) => Object.hasOwn(services, key))?.services[key];
    return last instanceof Replacement && last.value === undefined;
  };
  const keys = [...new Set(layers.flatMap(({ services }) => Object.keys(services)))].filter(
    (key) => !isReset(key),
  );
  const included = layers.flatMap((layer) => readIncluded(tree, { layer, group }));
  return {
    services: [
      ...keys.map((key): ComposeService => ({ ...layService(tree, { key, layers }), folder, variables })),
      // A name belongs to the file that includes, where both have it.
      ...included.flatMap(({ services }) => services.filter(({ key }) => !keys.includes(key))),
    ],
    others: [...layers.flatMap(otherParts), ...included.flatMap(({ others }) => others)],
    secretFiles: new Map([
      ...included.flatMap(({ secretFiles }) => [...secretFiles]),
      ...layers.flatMap(({ data }) => secretFilesOf(data["secrets"], folder)),
    ]),
  };
}

/** What a file includes, as far as it is in the repository; the rest is among the parts that nobody reads. */
function readIncluded(
  tree: TargetTree,
  { layer, group }: { layer: ComposeLayer; group: ComposeFiles },
): Omit<ComposeProject, "file">[] {
  const fill = (text: string): string => plainText(piecesOf(text, group.variables)) ?? text;
  const seen = new Set([...group.seen, ...group.files]);
  return readIncludes(layer.data["include"], { folder: group.folder, fill }).map((include, index) => {
    const place = layer.placeOf(["include", index]);
    const lost = include.files.find((path) => !isFile(tree, path));
    if (lost !== undefined || include.files.length === 0) {
      const text =
        lost === undefined
          ? "this include is not translated"
          : `"${lost}" is not included: there is no such file in this repository`;
      return { services: [], others: [{ ...place, text }], secretFiles: new Map() };
    }
    const again = include.files.find((path) => seen.has(path));
    if (again !== undefined) throw unreadable(place, `"${again}" includes itself`);
    const own = include.environmentFiles.flatMap((path) => [...readEnvironmentFile(tree, path)]);
    const variables = new Map([...own, ...group.variables]);
    return readFiles(tree, { files: include.files, folder: include.folder, variables, seen });
  });
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
  if (Object.keys(services).length === 0 && data["include"] === undefined)
    throw unreadable({ file }, 'it has no "services"');
  return { file, data, services, placeOf: (path) => placeIn(document, { file, lines, path }) };
}

/**
 * `!override` and `!reset` take the place of what they stand on, and a whole number that JavaScript cannot hold is text.
 *
 * https://docs.docker.com/reference/compose-file/merge/#reset-value
 */
function readAsCompose(node: Node, document: Document): Node | undefined {
  if (node.tag === "!reset") return new Scalar(new Replacement(undefined));
  if (node.tag === "!override") {
    delete node.tag;
    return new Scalar(new Replacement(node.toJS(document, { maxAliasCount: mostAliases })));
  }
  if (isScalar(node) && typeof node.value === "number" && Math.abs(node.value) > Number.MAX_SAFE_INTEGER) {
    node.value = node.source ?? String(node.value);
  }
  return undefined;
}

function toPlain(document: Document, file: string): unknown {
  try {
    visit(document, { Node: (_, node) => readAsCompose(node, document) });
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    throw unreadable({ file }, firstLine((error as Error).message));
  }
}

/** Some files name one anchor in each of a hundred services; "billion laughs" need more than this. */
const mostAliases = 10_000;

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
): Omit<ComposeService, "folder" | "variables"> {
  let fields: Record<string, unknown> = {};
  let top: ComposeLayer | undefined;
  for (const layer of layers) {
    if (!Object.hasOwn(layer.services, key)) continue;
    const isReplaced = layer.services[key] instanceof Replacement;
    top = isReplaced ? layer : (top ?? layer);
    fields = layered(isReplaced ? {} : fields, extended(tree, { layer, key, seen: new Set() }));
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
  const given = layer.services[key];
  const { extends: parent, ...fields } = mapping(given instanceof Replacement ? given.value : given);
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
  const below = layered({}, extended(tree, { layer: from, key: service, seen: new Set([...seen, id]) }));
  return layered(rebased(below, posix.relative(folder, posix.dirname(other))), fields);
}

function secretFilesOf(secrets: unknown, folder: string): [string, string][] {
  return Object.entries(mapping(secrets)).flatMap(([name, given]): [string, string][] => {
    const { file } = mapping(given);
    return typeof file === "string" ? [[name, posix.normalize(posix.join(folder, file))]] : [];
  });
}

function otherParts({ data, placeOf }: ComposeLayer): Note[] {
  return ["configs", "models"]
    .filter((name) => data[name] !== undefined)
    .map((name) => ({ ...placeOf([name]), text: `"${name}" is not translated` }));
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
