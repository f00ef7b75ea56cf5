import { generatorError } from "../generator-error.ts";

/**
 * Checks a path of a plan: relative, `/` between its parts, no part that is empty, `.` or `..`, nothing that another
 * system or git would take for something else.
 *
 * @throws DextError `DEXT_GENERATE_PATH_INVALID`
 */
export function checkPath(path: string): void {
  const reason = faultOf(path);
  if (reason === undefined) return;
  throw generatorError("DEXT_GENERATE_PATH_INVALID", `The path ${JSON.stringify(path)} ${reason}`, {
    hint: 'A path is relative to the target and has "/" between its parts, such as "api/src/main.ts".',
    details: { path },
  });
}

/** What a file system that ignores case and Unicode form makes of a path: equal keys are one file there. */
export function collisionKey(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** The folder of a path, `""` for the target itself. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "" : path.slice(0, end);
}

/** The folders above a path, the outermost first, without the target: `a/b/c.ts` → `a`, `a/b`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** Whether a path belongs to what Dext keeps for itself. */
export function isOwnPath(path: string): boolean {
  return collisionKey(path).split("/").includes(".dext");
}

function faultOf(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is absolute";
  if (path.includes("\\")) return "has a backslash";
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001F\u007F]/.test(path)) return "has a control character";
  for (const part of path.split("/")) {
    if (part === "") return "has an empty part";
    if (part === "." || part === "..") return `has the part "${part}"`;
    if (Buffer.byteLength(part) > 255) return "has a part longer than 255 bytes";
    if (part.normalize("NFC").toLowerCase() === ".git") return "leads into a git folder";
    if (/[. ]$/.test(part) || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(part) || /[<>:"|?*]/.test(part)) {
      return `has the part "${part}", which Windows does not take`;
    }
  }
  return undefined;
}
