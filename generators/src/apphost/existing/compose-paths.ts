import { posix } from "node:path";

import { mapping } from "./compose-mapping.ts";

/**
 * The fields of a service that stands in a file of another folder, with paths as seen from here: those of a file are
 * relative to its own folder.
 *
 * https://docs.docker.com/reference/compose-file/services/#relative-paths
 */
export function rebased(fields: Readonly<Record<string, unknown>>, folder: string): Record<string, unknown> {
  if (folder === "") return { ...fields };
  const path = (given: unknown): unknown => (typeof given === "string" ? pathBelow(folder, given) : given);
  const { build, env_file: environmentFiles, volumes } = fields;
  const list = Array.isArray(environmentFiles) ? (environmentFiles as unknown[]) : [environmentFiles];
  return {
    ...fields,
    ...(build === undefined
      ? {}
      : { build: typeof build === "string" ? path(build) : withContext(build, path) }),
    ...(environmentFiles === undefined
      ? {}
      : {
          env_file: list.map((each) =>
            typeof each === "string" ? path(each) : { ...mapping(each), path: path(mapping(each)["path"]) },
          ),
        }),
    ...(Array.isArray(volumes)
      ? { volumes: (volumes as unknown[]).map((each) => rebasedMount(each, path)) }
      : {}),
  };
}

function withContext(build: unknown, path: (given: unknown) => unknown): Record<string, unknown> {
  const long = mapping(build);
  return { ...long, context: path(long["context"] ?? ".") };
}

function rebasedMount(given: unknown, path: (given: unknown) => unknown): unknown {
  if (typeof given === "string") {
    const [source = "", ...rest] = given.split(":");
    return source.startsWith(".") && rest.length > 0 ? [path(source), ...rest].join(":") : given;
  }
  const long = mapping(given);
  return long["type"] === "bind" ? { ...long, source: path(long["source"]) } : given;
}

/** A path that is relative, and neither an address nor a variable: `./api` → `./apps/api`. */
function pathBelow(folder: string, path: string): string {
  if (/^[/~$]|^[\w+.-]+:\/\/|^git@/.test(path)) return path;
  const joined = posix.join(folder, path);
  return joined.startsWith(".") ? joined : `./${joined}`;
}
