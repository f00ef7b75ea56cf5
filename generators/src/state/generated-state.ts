import { readdirSync } from "node:fs";
import { join } from "node:path";

import { generatorError } from "../generator-error.ts";
import type { FileState, GeneratedRecord } from "../plan/change-plan.ts";
import { fileState } from "../plan/file-state.ts";
import { checkPath } from "../plan/plan-path.ts";
import type { TargetTree } from "../plan/target-tree.ts";

/** The folder of answers and base contents, relative to the target. It is committed. */
export const generatedFolder = ".dext/generated";

/** Where the record of a unit is kept. */
export function recordPath(unit: string): string {
  if (!/^[a-z\d][\w.-]*$/i.test(unit)) {
    throw generatorError(
      "DEXT_GENERATE_GENERATOR_INVALID",
      `The unit ${JSON.stringify(unit)} must consist of letters, digits, ".", "_" and "-"`,
    );
  }
  return `${generatedFolder}/${unit}.json`;
}

/** All records of a target, by unit. */
export function readRecords(tree: TargetTree): Map<string, GeneratedRecord> {
  const records = new Map<string, GeneratedRecord>();
  for (const name of listRecords(tree)) {
    const path = `${generatedFolder}/${name}`;
    const text = tree.read(path)?.contents;
    if (text === undefined) continue;
    const record = parseRecord(text, path);
    records.set(record.unit, record);
  }
  return records;
}

/**
 * A record as it is kept: text by lines, so that a change of it reads and merges well in git.
 *
 * ```json
 * { "version": 1, "unit": "service-api", "generator": "service", "answers": { "name": "api" }, "edits": [],
 *   "files": { "api/main.ts": { "mode": "644", "lines": ["console.log(1);", ""] } } }
 * ```
 */
export function formatRecord({ unit, generator, answers, edits, files }: GeneratedRecord): string {
  const stored = Object.keys(files)
    .toSorted()
    .map((path) => [path, storedFile(files[path] as FileState)]);
  const document = {
    version: 1,
    unit,
    generator,
    answers,
    edits: [...edits].toSorted(),
    files: Object.fromEntries(stored) as object,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

interface StoredFile {
  mode: string;
  lines?: string[];
  base64?: string;
}

function storedFile({ contents, encoding, mode }: FileState): StoredFile {
  const bits = mode.toString(8);
  return encoding === "utf8" ? { mode: bits, lines: contents.split("\n") } : { mode: bits, base64: contents };
}

function parseRecord(text: string, path: string): GeneratedRecord {
  try {
    const { version, unit, generator, answers, edits, files } = JSON.parse(text) as Record<string, unknown>;
    if (version !== 1) throw new Error(`its version is ${JSON.stringify(version)}, 1 is known`);
    if (typeof unit !== "string" || recordPath(unit) !== path)
      throw new Error('"unit" does not fit the name of the file');
    if (typeof generator !== "string") throw new Error('"generator" is no text');
    if (!isRecord(answers) || !isRecord(files) || !Array.isArray(edits)) {
      throw new Error('"answers", "files" or "edits" is missing');
    }
    const states = Object.entries(files).map(([name, stored]) => [name, readStored(name, stored)]);
    return {
      unit,
      generator,
      answers,
      edits: edits.map(String),
      files: Object.fromEntries(states) as Record<string, FileState>,
    };
  } catch (error) {
    throw generatorError(
      "DEXT_GENERATE_STATE_INVALID",
      `"${path}" cannot be understood: ${(error as Error).message}`,
      {
        hint: "Take it from git as it was, or delete it: its files then count as foreign.",
        cause: error,
        details: { path },
      },
    );
  }
}

function readStored(path: string, stored: unknown): FileState {
  checkPath(path);
  const { mode, lines, base64 } = stored as StoredFile;
  const bits = Number.parseInt(mode, 8);
  if (!Number.isInteger(bits)) throw new Error(`"${path}" has no mode`);
  if (Array.isArray(lines)) return fileState(lines.join("\n"), { mode: bits });
  if (typeof base64 !== "string") throw new Error(`"${path}" has no contents`);
  return fileState(Buffer.from(base64, "base64"), { mode: bits });
}

function listRecords(tree: TargetTree): string[] {
  if (tree.kindOf(generatedFolder) !== "folder") return [];
  return readdirSync(join(tree.root, generatedFolder))
    .filter((name) => name.endsWith(".json"))
    .toSorted();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
