import { join } from "node:path";
import { describeNode, membersOf, nodeAt, textAt } from "./json-access.ts";
import type { Located } from "./json-access.ts";
import type { JsonNode } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";
import { readManifestFile } from "./manifest-file.ts";
import type { ManifestFile } from "./manifest-file.ts";

/** The lists of dependencies in a `package.json`. */
type DependencyKind = "dependencies" | "optionalDependencies" | "peerDependencies" | "devDependencies";

/** One dependency as it is declared. */
export interface Dependency {
  readonly name: string;
  readonly range: string;
  readonly kind: DependencyKind;
  readonly line: number;
}

/** A `package.json`, as far as its fields are of the right kind. */
export interface PackageManifest extends ManifestFile {
  readonly root: JsonNode;
  readonly name: Located<string> | undefined;
  readonly version: Located<string> | undefined;
  readonly scripts: ReadonlyMap<string, Located<string>>;
  /** Those that are needed to run first; a name that stands in two lists is there once. */
  readonly dependencies: ReadonlyMap<string, Dependency>;
}

const dependencyKinds: readonly DependencyKind[] = [
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "devDependencies",
];

/**
 * Reads the `package.json` of a folder; fields of a wrong kind are left out with a warning.
 *
 * @throws DextError `DEXT_PROJECT_MANIFEST_INVALID`, `DEXT_PROJECT_FILE_UNREADABLE`.
 */
export async function readPackageManifest(
  inspection: Inspection,
  { directory, quiet = false }: ReadManifestOptions,
): Promise<PackageManifest | undefined> {
  const file = await readManifestFile(inspection, join(directory, "package.json"));
  if (file === undefined) return undefined;
  const { root } = file.document;
  const source: FieldSource = { file, inspection: quiet ? undefined : inspection };
  warnAboutForm(source);
  return {
    ...file,
    root,
    name: textField("name", source),
    version: textField("version", source),
    scripts: readTexts("scripts", source),
    dependencies: readDependencies(source),
  };
}

/** Where fields are read from, and who is told of the odd ones. */
export interface FieldSource {
  readonly file: ManifestFile;
  /** Absent: nobody. */
  readonly inspection: Inspection | undefined;
}

export interface ReadManifestOptions {
  /** The folder of the manifest, absolute. */
  readonly directory: string;
  /** Says nothing about odd fields: the manifest is another project's. */
  readonly quiet?: boolean;
}

/** Members of a manifest's object that are texts; others are left out with a warning. */
export function readTexts(
  field: string,
  { file, inspection }: FieldSource,
): ReadonlyMap<string, Located<string>> {
  const node = nodeAt(file.document.root, field);
  const members = membersOf(node);
  if (node !== undefined && members === undefined)
    ignoreField(field, { node, wanted: "an object", file, inspection });
  const texts = new Map<string, Located<string>>();
  for (const [name, member] of members ?? []) {
    if (typeof member.value === "string") texts.set(name, { value: member.value, line: member.line });
    else ignoreField(`${field}.${name}`, { node: member, wanted: "a text", file, inspection });
  }
  return texts;
}

function textField(field: string, { file, inspection }: FieldSource): Located<string> | undefined {
  const node = nodeAt(file.document.root, field);
  const text = textAt(node);
  if (node !== undefined && text === undefined)
    ignoreField(field, { node, wanted: "a text", file, inspection });
  return text;
}

function readDependencies(source: FieldSource): ReadonlyMap<string, Dependency> {
  const dependencies = new Map<string, Dependency>();
  for (const kind of dependencyKinds) {
    for (const [name, { value, line }] of readTexts(kind, source)) {
      if (!dependencies.has(name)) dependencies.set(name, { name, range: value, kind, line });
    }
  }
  return dependencies;
}

function ignoreField(field: string, found: FieldSource & { node: JsonNode; wanted: string }): void {
  const { node, wanted, file, inspection } = found;
  inspection?.warn({
    code: "field-ignored",
    message: `"${field}" is ${describeNode(node)}, wanted ${wanted}; it is ignored`,
    file: file.file,
    line: node.line,
  });
}

function warnAboutForm({ file: { file, document }, inspection }: FieldSource): void {
  if (document.extension !== undefined) {
    const { what, line } = document.extension;
    const message = `A ${what} stands in package.json; npm, pnpm, Yarn and Deno refuse such a file`;
    inspection?.warn({ code: "json-extension", message, file, line });
  }
  for (const { name, line } of document.duplicates.slice(0, 5)) {
    inspection?.warn({
      code: "duplicate-key",
      message: `${JSON.stringify(name)} stands twice in one object; the last one counts`,
      file,
      line,
    });
  }
}
