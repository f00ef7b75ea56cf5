/**
 * Reads a `.dockerignore`.
 *
 * @returns whether a path of the build context is certainly left out: a folder of which a part is taken back by a
 * pattern with `!` is not.
 */
export function parseIgnoreFile(text: string): (path: string) => boolean {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\uFEFF/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => readPattern(line));
  return (path) => {
    const clean = cleanPath(path);
    if (/[*?[\]]/.test(clean)) return false;
    if (clean === "") return ignoresEverything(patterns);
    const last = patterns.findLast(({ matches }) => matches.test(clean));
    if (last === undefined || last.exception) return false;
    return !patterns.some((pattern) => pattern.exception && mayMatchWithin(pattern.path, clean));
  };
}

interface IgnorePattern {
  path: string;
  exception: boolean;
  /** Matches the path and everything below it. */
  matches: RegExp;
}

function readPattern(line: string): IgnorePattern {
  const exception = line.startsWith("!");
  const path = cleanPath(exception ? line.slice(1).trim() : line);
  return { path, exception, matches: globExpression(path) };
}

function globExpression(path: string): RegExp {
  try {
    return new RegExp(`^${globSource(path)}(?:/.*)?$`, "s");
  } catch {
    // A range that runs backwards, as in [z-a]: builders refuse the file, so nothing is certain.
    return /(?!)/;
  }
}

// https://pkg.go.dev/path/filepath#Match, with ** for any number of folders.
function globSource(pattern: string): string {
  return pattern.replaceAll(/\*\*\/?|\*|\?|\[[^\]]*\]|\\.|[^*?[\\]/gs, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.startsWith("[") && part.length > 2) return part.replaceAll("\\", "\\\\");
    return escapeLiteral(part);
  });
}

function escapeLiteral(part: string): string {
  return part.replace(/^\\(?=.)/s, "").replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function cleanPath(path: string): string {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

function ignoresEverything(patterns: readonly IgnorePattern[]): boolean {
  if (patterns.some(({ exception }) => exception)) return false;
  return patterns.some(({ path }) => ["*", "**", "**/*"].includes(path));
}

/** Whether a pattern can match something below a folder, or the folder itself. */
function mayMatchWithin(pattern: string, folder: string): boolean {
  const wanted = folder.split("/");
  const parts = pattern.split("/");
  // ** stands for any number of folders, so what comes after it may be anywhere.
  const deep = parts.findIndex((part) => part.includes("**"));
  return parts.slice(0, deep === -1 ? undefined : deep).every((part, index) => {
    const other = wanted[index];
    return (
      other === undefined || part.includes("*") || part.includes("?") || part.includes("[") || part === other
    );
  });
}
