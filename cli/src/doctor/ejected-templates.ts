import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDextError, toErrorDocument } from "@dext/core";
import type { ErrorDocument } from "@dext/core";
import type { OutdatedTemplate } from "@dext/generators";
import { findRoot } from "../new/find-root.ts";

/** What is known of the copies of Dext's templates that a repository has, or why nothing is. */
export type TemplateFindings = { readonly outdated: readonly OutdatedTemplate[] } | ErrorDocument;

/** Compares ejected templates with their originals; undefined where the repository has no templates of its own. */
export async function findTemplateFindings(): Promise<TemplateFindings | undefined> {
  const target = findRoot();
  if (!existsSync(join(target, "templates")) || !existsSync(join(target, ".dext/generated")))
    return undefined;
  const { findOutdatedTemplates } = await import("@dext/generators");
  try {
    return { outdated: findOutdatedTemplates({ target }) };
  } catch (error) {
    if (!isDextError(error)) throw error;
    return toErrorDocument(error);
  }
}
