import { dirname, join, resolve } from "node:path";
import type { Inspection } from "./inspection.ts";
import { isSourceFile } from "./program-file.ts";

/** One import in a source file. */
export interface SourceImport {
  readonly specifier: string;
  /** The absolute path of the file. */
  readonly path: string;
  readonly line: number;
}

/** Beyond this many files a folder is taken to hold more than sources. */
const mostFiles = 2000;

const skippedFolders: ReadonlySet<string> = new Set(["node_modules", "dist", "build", "vendor", "coverage"]);

/** The imports of all source files below a folder, without what is installed, built or hidden. */
export async function findImports(
  inspection: Inspection,
  { directory, except }: { directory: string; except: readonly string[] },
): Promise<readonly SourceImport[]> {
  const found: SourceImport[] = [];
  for (const path of await sourceFiles(inspection, { directory, except })) {
    found.push(...importsOf((await inspection.readHelpfulText(path)) ?? "", path));
  }
  return found;
}

/**
 * The specifiers that a text imports: `from "x"`, `import "x"`, `import("x")`.
 *
 * A pattern and no parser: what stands in a comment or a string counts too, which makes a closure larger at worst.
 */
export function importsOf(text: string, path: string): readonly SourceImport[] {
  const found: SourceImport[] = [];
  const pattern = /\b(?:from|import)\s*(?:\(\s*)?["']([^"'\n]{1,500})["']/g;
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(pattern)) {
    for (; counted < match.index; counted += 1) if (text[counted] === "\n") line += 1;
    found.push({ specifier: match[1] ?? "", path, line });
  }
  return found;
}

/**
 * The file of a folder that an import by path means, relative to it: `./app.js` may stand for `app.ts`, and `./app` for
 * either.
 */
export async function importedFile(
  inspection: Inspection,
  { specifier, from }: { specifier: string; from: string },
): Promise<string | undefined> {
  if (!/^\.{1,2}\//.test(specifier)) return undefined;
  const path = inspection.show(resolve(inspection.directory, dirname(from), specifier));
  if (path.startsWith("../")) return undefined;
  const typed = path.replace(/\.([cm]?)js$/, ".$1ts");
  return inspection.firstFileAt([
    path,
    typed,
    `${path}.ts`,
    `${path}.js`,
    `${path}/index.ts`,
    `${path}/index.js`,
  ]);
}

async function sourceFiles(
  inspection: Inspection,
  { directory, except }: { directory: string; except: readonly string[] },
): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = [directory];
  while (waiting.length > 0 && files.length < mostFiles) {
    const folder = waiting.shift() ?? directory;
    for (const [name, kind] of await inspection.list(folder)) {
      const path = join(folder, name);
      if (kind === "file" && isSourceFile(name)) files.push(path);
      const enters =
        kind === "directory" && !name.startsWith(".") && !skippedFolders.has(name) && !except.includes(path);
      if (enters) waiting.push(path);
    }
  }
  return files.slice(0, mostFiles);
}
