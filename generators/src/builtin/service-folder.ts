import { posix } from "node:path";

import { parseAppHost } from "../apphost/apphost-program.ts";
import { generatorError } from "../generator-error.ts";
import type { Draft } from "../generator/draft.ts";

/**
 * The folder of a service, as the AppHost tells it: relative to the root, without `./`.
 *
 * @throws DextError `DEXT_GENERATE_ANSWER_INVALID`
 */
export function serviceFolderOf(service: string, source: string): string {
  const program = parseAppHost(source);
  const resources = typeof program === "string" ? [] : program.resources;
  const [, path] = resources.find(({ name }) => name === service)?.calls[0]?.arguments ?? [];
  if (path?.type === "Literal" && typeof path.value === "string")
    return posix.normalize(path.value).replace(/\/$/, "");
  const names = resources.filter(({ method }) => method === "addProject").map(({ name }) => `"${name}"`);
  throw generatorError("DEXT_GENERATE_ANSWER_INVALID", `The AppHost has no project "${service}"`, {
    hint: names.length === 0 ? "dext new service <name> makes one." : `It has ${names.join(", ")}.`,
    details: { service },
  });
}

/**
 * Wants dependencies in the manifest of a service; a version that is there stays.
 *
 * @throws DextError `DEXT_GENERATE_FILE_MISSING`
 */
export function addDependencies(
  draft: Draft,
  {
    folder,
    dependencies,
    developmentDependencies = {},
  }: {
    folder: string;
    dependencies: Readonly<Record<string, string>>;
    developmentDependencies?: Readonly<Record<string, string>>;
  },
): void {
  const path = `${folder}/package.json`;
  if (draft.read(path) === undefined) {
    throw generatorError("DEXT_GENERATE_FILE_MISSING", `"${path}" does not exist, so it can get no client`, {
      hint: "Leave out --to, and reference the resource by hand.",
      details: { path },
    });
  }
  const wanted = { dependencies, devDependencies: developmentDependencies };
  const edits = Object.entries(wanted).flatMap(([field, versions]) =>
    Object.entries(versions).map(([name, version]) => ({ at: [field, name], set: version, ifAbsent: true })),
  );
  draft.editJson({ path, edits });
}
