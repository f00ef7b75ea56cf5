import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { nearestName } from "@dext/core";
import { builtInTemplates } from "@dext/templates";

import { generatorError } from "../generator-error.ts";
import { checkPath } from "../plan/plan-path.ts";
import type { CompiledTemplate, TemplateSource } from "./render-template.ts";
import { compileTemplate } from "./render-template.ts";

/** Whose template it is: the project's own comes first, then the user's, then ours. */
export type TemplateOrigin = "project" | "user" | "built-in";

/** A template that was found. */
export interface FoundTemplate {
  /** Relative to the folders that are looked through, such as `service/main.ts.ejs`. */
  readonly name: string;
  readonly origin: TemplateOrigin;
  /** Absolute path. */
  readonly file: string;
}

/** Where templates are looked for. */
export interface TemplateLookupOptions {
  /** The folder that is generated into; its `templates/` comes first. */
  target: string;
  /** The user's folder; default `$XDG_CONFIG_HOME/dext/templates` or `~/.config/dext/templates`. */
  userFolder?: string;
  /** The folders of the templates that come with the generators; those of `@dext/templates` by default. */
  builtIn?: readonly (URL | string)[];
}

/** Finds, reads and compiles templates by name. */
export class TemplateLookup {
  readonly #roots: readonly { readonly origin: TemplateOrigin; readonly folder: string }[];
  readonly #compiled = new Map<string, CompiledTemplate>();

  constructor({
    target,
    userFolder = defaultUserFolder(),
    builtIn = [builtInTemplates],
  }: TemplateLookupOptions) {
    this.#roots = [
      { origin: "project", folder: join(target, "templates") },
      { origin: "user", folder: userFolder },
      ...builtIn.map((folder) => ({
        origin: "built-in" as const,
        folder: folder instanceof URL ? fileURLToPath(folder) : folder,
      })),
    ];
  }

  /**
   * The template of a name.
   *
   * @param options.origin looks only there
   * @throws DextError `DEXT_GENERATE_TEMPLATE_MISSING`
   */
  find(name: string, { origin }: { origin?: TemplateOrigin } = {}): FoundTemplate {
    const found = this.#find(name, origin);
    if (found !== undefined) return found;
    const near = nearestName(name, this.list());
    const meant = near === undefined ? "" : `Did you mean "${near}"? `;
    throw generatorError("DEXT_GENERATE_TEMPLATE_MISSING", `There is no template "${name}"`, {
      hint: `${meant}Looked in ${this.#roots.map(({ folder }) => `"${folder}"`).join(", ")}.`,
      details: { template: name },
    });
  }

  /** Whether there is a template of this name. */
  has(name: string, { origin }: { origin?: TemplateOrigin } = {}): boolean {
    return this.#find(name, origin) !== undefined;
  }

  /** The names of all templates in a folder and below it, each once, sorted; all that there are without a folder. */
  list(folder?: string): string[] {
    if (folder !== undefined) checkPath(folder);
    const names = new Set<string>();
    for (const { folder: root } of this.#roots) {
      for (const name of filesBelow(join(root, folder ?? ""))) names.add(posix.join(folder ?? "", name));
    }
    return [...names].toSorted();
  }

  /** The bytes of a template. */
  read(name: string, options: { origin?: TemplateOrigin } = {}): Buffer {
    return readFileSync(this.find(name, options).file);
  }

  /** Renders an EJS template. Parts that it includes are looked up in the same way, relative to it. */
  render(name: string, data: Readonly<Record<string, unknown>>): string {
    let compiled = this.#compiled.get(name);
    if (compiled === undefined) {
      compiled = compileTemplate(this.#source(name));
      this.#compiled.set(name, compiled);
    }
    return compiled.render(data);
  }

  #source(name: string): TemplateSource {
    const { file } = this.find(name);
    return {
      name: file,
      text: readFileSync(file, "utf8").replace(/^\uFEFF/, ""),
      include: (part) => this.#source(posix.join(posix.dirname(name), part)),
    };
  }

  #find(name: string, origin: TemplateOrigin | undefined): FoundTemplate | undefined {
    checkPath(name);
    for (const root of this.#roots) {
      if (origin !== undefined && root.origin !== origin) continue;
      const file = join(root.folder, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true)
        return { name, origin: root.origin, file };
    }
    return undefined;
  }
}

function defaultUserFolder(): string {
  const configuration = process.env["XDG_CONFIG_HOME"];
  return join(
    configuration === undefined || configuration === "" ? join(homedir(), ".config") : configuration,
    "dext/templates",
  );
}

function filesBelow(folder: string, prefix = ""): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) =>
    entry.isDirectory()
      ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)
      : [`${prefix}${entry.name}`],
  );
}
