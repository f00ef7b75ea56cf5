/** Why a file or folder could not be looked at, to follow its path: `"/a/b" is not there`. */
export function whyNotSeen(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? `cannot be looked at: ${message}`;
}

/** Whether it is certain that nothing is there, for this user and for every other. */
export function isMissing(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "");
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there: a part of the path is a file",
  ELOOP: "leads in a circle of links",
  ENAMETOOLONG: "is too long for a path",
  EACCES: "may not be looked at by this user",
  EPERM: "may not be looked at by this user",
};
