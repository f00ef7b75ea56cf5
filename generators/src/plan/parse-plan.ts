import { generatorError } from "../generator-error.ts";
import type { ChangePlan, FileState } from "./change-plan.ts";
import { planVersion } from "./change-plan.ts";
import { bytesOf, hashOf } from "./file-state.ts";
import { checkPath } from "./plan-path.ts";

/**
 * Reads a plan from the value that its JSON form parses to: checks version, paths, and that hashes fit the contents.
 *
 * @throws DextError `DEXT_GENERATE_PLAN_INVALID`, `DEXT_GENERATE_PATH_INVALID`
 */
export function parsePlan(value: unknown): ChangePlan {
  if (!isRecord(value)) throw invalid("it is no object");
  if (value["version"] !== planVersion) {
    throw invalid(`its version is ${JSON.stringify(value["version"])}, ${planVersion} is known`);
  }
  if (typeof value["target"] !== "string") throw invalid('"target" is no path');
  for (const list of ["operations", "followUps", "files", "records"]) {
    if (!Array.isArray(value[list])) throw invalid(`"${list}" is no list`);
  }
  for (const operation of value["operations"] as unknown[]) checkOperation(operation);
  for (const record of value["records"] as unknown[]) checkRecord(record);
  return value as unknown as ChangePlan;
}

/** Whether a value is the state of a file, with the hash of its contents. */
export function isFileState(value: unknown): value is FileState {
  if (!isRecord(value)) return false;
  const { contents, encoding, mode, hash } = value;
  return (
    typeof contents === "string" &&
    (encoding === "utf8" || encoding === "base64") &&
    Number.isInteger(mode) &&
    hash === hashOf(bytesOf(value as unknown as FileState))
  );
}

function checkOperation(operation: unknown): void {
  if (!isRecord(operation) || typeof operation["path"] !== "string")
    throw invalid("an operation has no path");
  const { kind, path, before, after } = operation;
  checkPath(path);
  const needs = new Map<unknown, unknown[]>([
    ["create", [after]],
    ["modify", [before, after]],
    ["delete", [before]],
  ]).get(kind);
  if (needs === undefined) throw invalid(`"${path}" has the unknown kind ${JSON.stringify(kind)}`);
  if (!needs.every(isFileState)) {
    throw invalid(`the contents of "${path}" are missing or do not fit their hash`);
  }
}

function checkRecord(record: unknown): void {
  const isValid =
    isRecord(record) &&
    typeof record["unit"] === "string" &&
    typeof record["generator"] === "string" &&
    isRecord(record["answers"]) &&
    isRecord(record["files"]) &&
    Array.isArray(record["edits"]) &&
    Object.values(record["files"]).every(isFileState);
  if (!isValid) throw invalid('an item of "records" is not what a generator keeps');
  for (const path of Object.keys((record as { files: object }).files)) checkPath(path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string): Error {
  return generatorError("DEXT_GENERATE_PLAN_INVALID", `This is no change plan: ${reason}`, {
    hint: "Take the plan as --json gives it.",
  });
}
