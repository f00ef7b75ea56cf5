import type { ConfigNote } from "../definition/provider.ts";
import type { ConfigNode, Origin } from "../tree/config-tree.ts";
import { withoutWords } from "./file-error.ts";

/** The formats of configuration files. `jsonc` is JSON with comments and trailing commas. */
export type FileFormat = "json" | "jsonc" | "yaml" | "toml";

/** A text with the place that it is from. */
export interface TextPlace {
  /** The text, without a byte order mark. */
  text: string;
  /** As it is named to a person. */
  file: string;
  /** The kind of source for origins; `file` when absent. */
  provider?: string;
  /** All values are secrets. */
  secret?: boolean;
  /** `${…}` in it refers to other values; true when absent. */
  references?: boolean;
}

/** What was read of a file. */
export interface ParsedText {
  /** Undefined for a text without content. */
  root: ConfigNode | undefined;
  notes: readonly ConfigNote[];
}

/** Reads one format. Loaded when the first file of that format is. */
export type ParseText = (place: TextPlace) => ParsedText;

/** The extensions in the order in which they are looked for. */
export const extensions: Readonly<Record<string, FileFormat>> = {
  ".yaml": "yaml",
  ".yml": "yaml",
  ".json": "json",
  ".jsonc": "jsonc",
  ".toml": "toml",
};

/** The format that the name of a file tells, if it does. */
export function formatOfName(name: string): FileFormat | undefined {
  const dot = name.lastIndexOf(".");
  return dot === -1 ? undefined : extensions[name.slice(dot).toLowerCase()];
}

/** Reads a text in its format. The parser is loaded now and not before. */
export async function parseText(place: TextPlace, format: FileFormat): Promise<ParsedText> {
  const parse = await parserOf(format);
  try {
    return parse({ ...place, text: place.text.replace(/^\uFEFF/, "") });
  } catch (error) {
    throw place.secret === true ? withoutWords(error, { file: place.file, format }) : error;
  }
}

/** The origin of a value in a file. */
export function originIn(
  { file, provider = "file" }: TextPlace,
  { line, column }: { line: number; column: number },
): Origin {
  return { provider, location: `${file}:${line}:${column}`, details: { file, line, column } };
}

async function parserOf(format: FileFormat): Promise<ParseText> {
  if (format === "yaml") return (await import("./parse-yaml.ts")).parseYaml;
  if (format === "toml") return (await import("./parse-toml.ts")).parseToml;
  const { parseJson } = await import("./parse-json.ts");
  return (place) => parseJson(place, { comments: format === "jsonc" });
}
