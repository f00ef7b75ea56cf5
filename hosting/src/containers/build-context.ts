import type { Buffer } from "node:buffer";
import type { Stats } from "node:fs";
import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { containerError } from "./error-codes.ts";
import { pathFromRoot } from "./dockerfile-text.ts";
import { whyNotSeen } from "./file-failures.ts";
import { parseIgnoreRules } from "./ignore-rules.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { writeTar } from "./tar-archive.ts";
import type { TarEntry } from "./tar-archive.ts";

/** What an image is built from, as it lies on disk. */
export interface BuildContext {
  /** Absolute. */
  readonly directory: string;
  /** Relative to the context, with slashes. */
  readonly dockerfile: string;
  readonly dockerfileText: string;
  readonly rules: IgnoreRules;
  /** The file that the rules come from, relative to the context; absent when there is none. */
  readonly ignoreFile?: string;
}

/**
 * Looks at a build context before anything is sent. A Dockerfile that says to be built from the root of its workspace, as
 * those of `dext dockerfile` do, is.
 *
 * @throws DextError `DEXT_CONTAINER_BUILD_CONTEXT_INVALID`
 */
export async function openBuildContext(
  directory: string,
  { dockerfile = "Dockerfile", resource }: { dockerfile?: string; resource: string },
): Promise<BuildContext> {
  if (!(await look(directory, resource)).isDirectory()) {
    throw invalid(resource, { path: directory, reason: "is no folder" });
  }
  const path = resolve(directory, dockerfile);
  const inside = relative(directory, path).split(sep).join("/");
  if (inside.startsWith("../") || inside === "..") {
    throw invalid(resource, { path, reason: `is not inside the folder that is sent, "${directory}"` });
  }
  if (!(await look(path, resource)).isFile()) {
    throw invalid(resource, { path, reason: "is no file" });
  }
  const dockerfileText = await readDockerfile(path, resource);
  const fromRoot = pathFromRoot(dockerfileText);
  if (fromRoot !== undefined && fromRoot !== inside && path.endsWith(sep + join(fromRoot))) {
    const root = path.slice(0, -join(fromRoot).length - 1);
    return openBuildContext(root, { dockerfile: fromRoot, resource });
  }
  const ignore = await readIgnoreFile(directory, { dockerfile: inside, resource });
  return {
    directory,
    dockerfile: inside,
    dockerfileText,
    rules: parseIgnoreRules(ignore?.text ?? ""),
    ...(ignore === undefined ? {} : { ignoreFile: ignore.name }),
  };
}

/**
 * A context as it is sent.
 *
 * @throws DextError `DEXT_CONTAINER_BUILD_CONTEXT_INVALID` for what cannot be read on the way
 */
export async function* archiveContext(context: BuildContext, resource: string): AsyncGenerator<Buffer> {
  try {
    yield* writeTar(contextEntries(context));
  } catch (error) {
    // Of a file: "EACCES: permission denied, open '/app/key.pem'".
    const { path = context.directory } = error as NodeJS.ErrnoException;
    throw invalid(resource, { path, reason: whyNotSeen(error), cause: error });
  }
}

/** Everything of a context that is sent, folders before what is in them. */
export async function* contextEntries({
  directory,
  dockerfile,
  rules,
  ignoreFile,
}: BuildContext): AsyncGenerator<TarEntry> {
  // The engine needs these two whatever the rules say.
  const always = new Set([dockerfile, ignoreFile]);
  const walk = async function* (folder: string): AsyncGenerator<TarEntry> {
    for (const name of (await readdir(join(directory, folder))).toSorted()) {
      const path = folder === "" ? name : `${folder}/${name}`;
      const status = await lstat(join(directory, path)).catch(passOverGone);
      // Dext's own state holds passwords, and changes with every run.
      if (status === undefined || (name === ".dext" && status.isDirectory())) continue;
      const isWanted = always.has(path) || !rules.ignores(path);
      if (isWanted) yield* entryOf(path, { directory, status });
      if (!status.isDirectory()) continue;
      const holdsNeeded = [...always].some((needed) => needed?.startsWith(`${path}/`));
      if (isWanted || holdsNeeded || rules.mayWantBelow(path)) yield* walk(path);
    }
  };
  yield* walk("");
}

/** Gone since the folder was read. */
function passOverGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function* entryOf(
  path: string,
  { directory, status }: { directory: string; status: Stats },
): AsyncGenerator<TarEntry> {
  const common = { path, mode: status.mode & 0o7777, modified: status.mtimeMs / 1000 };
  const absolute = join(directory, path);
  if (status.isDirectory()) yield { ...common, type: "directory" };
  else if (status.isSymbolicLink()) yield { ...common, type: "link", target: await readlink(absolute) };
  else if (status.isFile()) yield { ...common, type: "file", size: status.size, content: absolute };
  // Sockets, pipes and devices are no part of an image.
}

async function readDockerfile(path: string, resource: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw invalid(resource, { path, reason: whyNotSeen(error), cause: error });
  }
}

/** `web.Dockerfile.dockerignore` goes before `.dockerignore`. */
async function readIgnoreFile(
  directory: string,
  { dockerfile, resource }: { dockerfile: string; resource: string },
): Promise<{ name: string; text: string } | undefined> {
  for (const name of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    const path = join(directory, name);
    try {
      return { name, text: await readFile(path, "utf8") };
    } catch (error) {
      // One that is there and cannot be read must not count as absent: what it keeps out would be sent.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
      throw invalid(resource, { path, reason: `cannot be read: ${(error as Error).message}`, cause: error });
    }
  }
  return undefined;
}

async function look(path: string, resource: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw invalid(resource, { path, reason: whyNotSeen(error), cause: error });
  }
}

function invalid(
  resource: string,
  { path, reason, cause }: { path: string; reason: string; cause?: unknown },
): Error {
  return containerError(
    "DEXT_CONTAINER_BUILD_CONTEXT_INVALID",
    `The image of "${resource}" cannot be built: "${path}" ${reason}`,
    {
      hint: "The folder is relative to the AppHost's, the Dockerfile to that folder.",
      ...(cause === undefined ? {} : { cause }),
      details: { resource, path },
    },
  );
}
