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
  { fill = filledIn }: { fill?: FillInAbove } = {},
): Map<string, { readonly text: string; readonly line: number }> {
  const found = new Map<string, { text: string; line: number }>();
  const file = findEnvironmentFile(tree, path);
  const state = file === undefined ? undefined : tree.read(file);
  if (state?.encoding !== "utf8") return found;
  const contents = state.contents.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  let line = 1;
  let position = 0;
  for (const match of contents.matchAll(assignment)) {
    const [whole, name = "", double, single, bare = ""] = match;
    // KIND= # one of a, b
    const isComment = bare.startsWith("#") && /=[ \t]+#/.test(whole);
    const raw = double?.replaceAll(/\\([\s\S])/g, unescaped) ?? (isComment ? "" : bare);
    const above = new Map([...found].map(([key, each]) => [key, each.text]));
    line += contents.slice(position, match.index).split("\n").length - 1;
    position = match.index;
    found.set(name, { text: single ?? fill(raw, above), line });
  }
  return found;
}

/** Fills in a value what stands above it in the file: `CACHE=redis://${CACHE_HOST}:6379`. */
type FillInAbove = (raw: string, above: ReadonlyMap<string, string>) => string;

function filledIn(raw: string, above: ReadonlyMap<string, string>): string {
  return plainText(piecesOf(raw, above)) ?? raw;
}

// NAME=value   export NAME = "value, also of several lines" # comment   NAME='as it is'
const assignment =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|([^\n]*?))[ \t]*(?:[ \t]#[^\n]*)?$/gm;

/** What stands behind a backslash between double quotes; a dollar sign there is none of a variable. */
function unescaped(whole: string, character: string): string {
  if (/["\\]/.test(character)) return character;
  return { n: "\n", r: "\r", t: "\t", $: "$$" }[character] ?? whole;
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
