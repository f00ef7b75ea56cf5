import { posix } from "node:path";

import { isDextError } from "@dext/core";

import { parseAppHost } from "../apphost/apphost-program.ts";
import type { AppHostProgram } from "../apphost/apphost-program.ts";
import { isFile } from "../apphost/existing/environment-file.ts";
import { generatorError } from "../generator-error.ts";
import type { Prompt } from "../generator/definition.ts";
import type { Draft } from "../generator/draft.ts";
import type { TargetTree } from "../plan/target-tree.ts";
import { serviceFolder } from "./service-files.ts";
import { appHostNames } from "./apphost-files.ts";
import { findAppHost } from "./service-generator.ts";

/** Asks for the service that uses something, and names those that the AppHost tells of. */
export function userPrompt(tree: TargetTree): Prompt {
  const appHost = appHostNames.find((name) => isFile(tree, name));
  const program = appHost === undefined ? "" : parseAppHost(tree.read(appHost)?.contents ?? "");
  const names = typeof program === "string" ? [] : projectNames(program);
  return {
    name: "to",
    type: "text",
    message: `Which service uses it? (${[names.join(", "), "none if empty"].filter(Boolean).join("; ")})`,
    optional: true,
    validate(value) {
      if (value === "") return true;
      try {
        serviceFolderOf(String(value), tree);
        return true;
      } catch (error) {
        if (!isDextError(error)) throw error;
        return `but ${error.message.replace(/^The /, "the ")}. ${error.hint ?? ""}`;
      }
    },
  };
}

function projectNames({ resources }: AppHostProgram): string[] {
  return resources.filter(({ method }) => method === "addProject").map(({ name }) => name);
}

/**
 * The folder of a service, as the AppHost tells it, relative to the root, without `./`; `.` for the root. Where the AppHost cannot be
 * understood, or does not tell, the usual folder counts if there is one.
 *
 * @throws DextError `DEXT_GENERATE_ANSWER_INVALID`
 */
export function serviceFolderOf(service: string, tree: TargetTree): string {
  const source = tree.read(findAppHost(tree))?.contents ?? "";
  const program = parseAppHost(source);
  const resources = typeof program === "string" ? [] : program.resources;
  const project = resources.find(({ name, method }) => name === service && method === "addProject");
  const [, path] = project?.calls[0]?.arguments ?? [];
  if (path?.type === "Literal" && typeof path.value === "string")
    return posix.normalize(path.value).replace(/\/$/, "");
  const usual = serviceFolder(service);
  const names = typeof program === "string" ? [] : projectNames(program).map((name) => `"${name}"`);
  // if (isFull) host.addProject("api", "./services/api");
  const isNamed = ['"', "'", "`"].some((quote) => source.includes(quote + service + quote));
  const mayBeThere = typeof program === "string" || isNamed;
  if (mayBeThere && isFile(tree, `${usual}/package.json`)) return usual;
  const { message, hint } =
    typeof program === "string"
      ? {
          message: `The AppHost does not tell where "${service}" is: ${program}`,
          hint: `Mend it, or leave out --to. There is no "${usual}" either.`,
        }
      : {
          message: `The AppHost has no project "${service}"`,
          hint: names.length === 0 ? "dext new service <name> makes one." : `It has ${names.join(", ")}.`,
        };
  throw generatorError("DEXT_GENERATE_ANSWER_INVALID", message, { hint, details: { service } });
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
  const path = posix.join(folder, "package.json");
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
