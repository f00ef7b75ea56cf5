import type { TargetTree } from "../../plan/target-tree.ts";
import { piecesOf, plainText } from "./interpolate.ts";

/** The variables of a file such as `.env`, in the form that Compose takes: `NAME=value`, `NAME="value"`. */
export function readEnvironmentFile(tree: TargetTree, path: string): Map<string, string> {
  return new Map([...environmentLines(tree, path)].map(([name, { text }]) => [name, text]));
}

/** The same with the lines. */
export function environmentLines(
  tree: TargetTree,
  path: string,
): Map<string, { readonly text: string; readonly line: number }> {
  const found = new Map<string, { text: string; line: number }>();
  const file = findEnvironmentFile(tree, path);
  const state = file === undefined ? undefined : tree.read(file);
  if (state?.encoding !== "utf8") return found;
  for (const [index, line] of state.contents.split(/\r?\n/).entries()) {
    const match =
      /^\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*?))\s*(?:\s#.*)?$/.exec(
        line,
      );
    const [, name, double, single, bare = ""] = match ?? [];
    if (name === undefined) continue;
    // KIND= # one of a, b
    const isComment = bare.startsWith("#") && /=\s+#/.test(line);
    const raw = double?.replaceAll(/\\(.)/g, "$1") ?? (isComment ? "" : bare.replace(/\s+#.*$/, ""));
    const known = new Map([...found].map(([key, each]) => [key, each.text]));
    // What stands above can be named: CACHE=redis://${CACHE_HOST}:6379
    const text = single ?? plainText(piecesOf(raw, known)) ?? raw;
    found.set(name, { text, line: index + 1 });
  }
  return found;
}

/** A file of variables, or the example that is committed in its place: `.env.example`. Undefined when neither is there. */
export function findEnvironmentFile(tree: TargetTree, path: string): string | undefined {
  const examples = ["example", "sample", "template", "dist"].map((end) => `${path}.${end}`);
  return [path, ...examples].find((each) => isFile(tree, each));
}

/** Whether a file is there that may be read: a path that leads out or through a link is none. */
export function isFile(tree: TargetTree, path: string): boolean {
  try {
    return tree.kindOf(path) === "file";
  } catch {
    return false;
  }
}
