import type { DextError } from "@dext/core";
import { describeNode, membersOf } from "./json-access.ts";
import { JsonSyntaxError, parseJsonDocument } from "./json-document.ts";
import type { JsonDocument } from "./json-document.ts";
import type { Inspection } from "./inspection.ts";
import { projectError } from "./project-error.ts";

/** A manifest: a JSON object in a file. */
export interface ManifestFile {
  /** The absolute path. */
  readonly path: string;
  /** The path as it is shown: relative to the project's folder. */
  readonly file: string;
  readonly document: JsonDocument;
}

/**
 * Reads a manifest.
 *
 * @returns nothing when there is no such file.
 * @throws DextError `DEXT_PROJECT_MANIFEST_INVALID` when it is no JSON object, `DEXT_PROJECT_FILE_UNREADABLE`.
 */
export async function readManifestFile(
  inspection: Inspection,
  path: string,
): Promise<ManifestFile | undefined> {
  const text = await inspection.readText(path);
  if (text === undefined) return undefined;
  return { path, file: inspection.show(path), document: parseManifest(text, path) };
}

function parseManifest(text: string, path: string): JsonDocument {
  const document = parseOrExplain(text, path);
  if (membersOf(document.root) === undefined) {
    const { line } = document.root;
    throw invalidManifest(`holds ${describeNode(document.root)}, wanted an object`, {
      path,
      line,
      column: 1,
    });
  }
  return document;
}

function parseOrExplain(text: string, path: string): JsonDocument {
  try {
    return parseJsonDocument(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { message, line, column } = error;
    throw invalidManifest(explainEncoding(text) ?? lowerFirst(message), { path, line, column });
  }
}

function invalidManifest(reason: string, place: { path: string; line: number; column: number }): DextError {
  const { path, line, column } = place;
  return projectError("DEXT_PROJECT_MANIFEST_INVALID", `${path}:${line}:${column}: ${reason}`, {
    hint: "Correct the file; the line and the column are where it stops being a JSON object.",
    details: { path, line, column },
  });
}

/** A file saved as UTF-16, as some editors do, reads as text full of zero characters. */
function explainEncoding(text: string): string | undefined {
  return text.includes("\u0000") ? "the file holds zero bytes, wanted UTF-8 text" : undefined;
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
