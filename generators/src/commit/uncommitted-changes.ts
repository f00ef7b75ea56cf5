import { execFile } from "node:child_process";
import process from "node:process";

/**
 * The files below a folder that git would show as changed, or as new; none where there is no repository, or no git. It
 * is to be told before a commit, which would mix with them; it refuses nothing.
 *
 * @returns paths relative to the target, with `/`
 */
export async function findUncommittedChanges(target: string): Promise<string[]> {
  const [status, prefix] = await Promise.all([
    git(target, ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", "."]),
    git(target, ["rev-parse", "--show-prefix"]),
  ]);
  if (status === undefined || prefix === undefined) return [];
  const folder = prefix.replace(/\n$/, "");
  // Such as " M api/main.ts\0?? new.txt\0": two letters and a blank, paths from the repository's root.
  return status
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.slice(3))
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length));
}

function git(directory: string, parameters: readonly string[]): Promise<string | undefined> {
  // Without the lock that a status takes to write down what it has seen, another git is never in the way.
  const env = { ...process.env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile("git", parameters, { cwd: directory, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
}
