/**
 * The folder of the templates, for whatever renders them.
 *
 * @example
 * ```ts
 * import { existsSync } from "node:fs";
 * import { builtInTemplates } from "@dext/templates";
 *
 * if (!existsSync(new URL("app/apphost.ts.ejs", builtInTemplates))) throw new Error("not there");
 * ```
 */
export const builtInTemplates: URL = new URL("../files/", import.meta.url);
