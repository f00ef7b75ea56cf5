/** Which files of a build context are left out. */
export interface IgnoreRules {
  /** Whether a file or folder, given relative to the context with slashes, is left out. */
  ignores(path: string): boolean;
  /** Whether something below a folder that is left out may be wanted after all. */
  mayWantBelow(path: string): boolean;
}

/**
 * Reads a `.dockerignore`: one pattern a line, as in Go's `filepath.Match` with `**` for any number of folders; `!` takes
 * back what patterns before it left out; the last pattern that matches a path, or a folder above it, decides.
 *
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function parseIgnoreRules(text: string): IgnoreRules {
  const rules = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .flatMap(parseLine);
  return {
    ignores(path) {
      let ignored = false;
      const candidates = withParents(path);
      for (const { pattern, isException } of rules) {
        if (ignored === isException && candidates.some((candidate) => pattern.test(candidate))) {
          ignored = !isException;
        }
      }
      return ignored;
    },
    mayWantBelow(path) {
      return rules.some(({ isException, literal }) => {
        if (!isException) return false;
        return literal === "" || literal.startsWith(`${path}/`) || `${path}/`.startsWith(literal);
      });
    },
  };
}

interface Rule {
  pattern: RegExp;
  isException: boolean;
  /** What the pattern begins with before its first wildcard, whole folders only. */
  literal: string;
}

function parseLine(line: string): Rule[] {
  if (line.startsWith("#")) return [];
  const trimmed = line.trim();
  const isException = trimmed.startsWith("!");
  const cleaned = clean(isException ? trimmed.slice(1).trim() : trimmed);
  if (cleaned === "") return [];
  const [fixed = ""] = cleaned.split(/[*?[\\]/, 1);
  const literal = fixed === cleaned ? fixed : fixed.slice(0, fixed.lastIndexOf("/") + 1);
  return [{ pattern: toRegExp(cleaned), isException, literal }];
}

/** `/a/./b//../c/` → `a/c`. */
function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function toRegExp(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? "";
    if (pattern.startsWith("**/", at)) {
      source += "(?:.*/)?";
      at += 2;
    } else if (pattern.startsWith("**", at)) {
      source += ".*";
      at += 1;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "\\") {
      at += 1;
      source += literalText(pattern[at] ?? "\\");
    } else if (char === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end === -1) source += String.raw`\[`;
      else {
        source += `[${pattern.slice(at + 1, end).replaceAll("[", String.raw`\[`)}]`;
        at = end;
      }
    } else source += literalText(char);
  }
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A class that is none, such as [z-a], matches nothing.
    return /(?!)/;
  }
}

function literalText(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/-]/, String.raw`\$&`);
}

/** `a/b/c` → `a/b/c`, `a`, `a/b`. */
function withParents(path: string): string[] {
  const parts = path.split("/");
  return [path, ...parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"))];
}
