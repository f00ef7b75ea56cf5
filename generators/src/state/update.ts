import process from "node:process";

import { DextError, isDextError } from "@dext/core";

import { resolveAnswers } from "../answers/resolve-answers.ts";
import { recover } from "../commit/recover.ts";
import type { OnConflict } from "../conflicts/place-file.ts";
import { placeFile } from "../conflicts/place-file.ts";
import { hasConflictMarks } from "../conflicts/three-way-merge.ts";
import { generatorError } from "../generator-error.ts";
import type { GeneratorDefinition } from "../generator/definition.ts";
import { Draft } from "../generator/draft.ts";
import { findGenerator } from "../generator/load-generators.ts";
import type { PlanOptions } from "../generator/plan-generator.ts";
import { withoutSecrets } from "../generator/plan-generator.ts";
import { runGenerator } from "../generator/run-actions.ts";
import { baseOf, deleteFile, dropObsolete } from "../generator/settle-draft.ts";
import { settlePrompts } from "../generator/settle-prompts.ts";
import type { ChangePlan, FileState, FollowUp, GeneratedRecord } from "../plan/change-plan.ts";
import { isSameFile } from "../plan/file-state.ts";
import { kindOnDisk } from "../plan/kind-on-disk.ts";
import { PlanBuilder } from "../plan/plan-builder.ts";
import { openTargetTree } from "../plan/target-tree.ts";
import { TemplateLookup } from "../templates/template-lookup.ts";
import { readRecords, recordPath } from "./generated-state.ts";

/** What an update is made with. */
export interface UpdateOptions extends Omit<PlanOptions, "onConflict"> {
  /**
   * What to do with a file that the generator wants anew where somebody has put one of their own; `merge` by default.
   * Files that were generated and then edited are always merged.
   */
  onConflict?: OnConflict;
}

/**
 * Renders what was generated once more, with the answers and the base contents of `.dext/generated/`, and merges it
 * into what is there: offline, three-way.
 *
 * What nobody has edited is replaced; what both sides changed in the same place gets conflict marks (`conflicts` in the
 * plan's `files`). A file that was deleted stays deleted. One that is generated no longer goes, unless it was edited.
 * Edits of files of others are not repeated.
 *
 * @param unit one unit only; all by default
 * @throws DextError `DEXT_GENERATE_CONFLICTS_REMAIN` while files hold the marks of an earlier update,
 * `DEXT_GENERATE_UNIT_UNKNOWN`
 */
export async function planUpdate(unit?: string, options: UpdateOptions = {}): Promise<ChangePlan> {
  const { target = process.cwd(), generators = [] } = options;
  await recover(target);
  const tree = openTargetTree(target);
  const records = readRecords(tree);
  const chosen = chooseRecords(records, unit);
  refuseMarks(findConflictMarks(target));
  const builder = new PlanBuilder(target);
  const updated = new Map<string, GeneratedRecord>();
  for (const record of chosen) {
    const others = [...records.values()].filter(({ unit: each }) => each !== record.unit);
    const isShared = (path: string): boolean =>
      others.some((other) => Object.hasOwn((updated.get(other.unit) ?? other).files, path));
    try {
      const definition = await findGenerator(record.generator, { target, generators });
      updated.set(record.unit, await updateUnit(definition, { record, records, isShared, builder, options }));
    } catch (error) {
      throw unitError(record, error);
    }
  }
  return builder.build({ records: [...updated.values()] });
}

/** The generated files that still hold the conflict marks of an update. */
export function findConflictMarks(target: string = process.cwd()): string[] {
  const tree = openTargetTree(target);
  const paths = new Set([...readRecords(tree).values()].flatMap(({ files }) => Object.keys(files)));
  return [...paths].toSorted().filter((path) => {
    const state = kindOnDisk(tree, path) === "file" ? tree.read(path) : undefined;
    return state?.encoding === "utf8" && hasConflictMarks(state.contents);
  });
}

interface UnitUpdate {
  readonly record: GeneratedRecord;
  readonly records: ReadonlyMap<string, GeneratedRecord>;
  /** Whether another unit has a file, too. */
  readonly isShared: (path: string) => boolean;
  readonly builder: PlanBuilder;
  readonly options: UpdateOptions;
}

/** Renders one unit anew, and plans what has to change. */
async function updateUnit(named: GeneratorDefinition, unit: UnitUpdate): Promise<GeneratedRecord> {
  const { record, isShared, builder, options } = unit;
  const { tree } = builder;
  const { file = {}, detected = {}, ask } = options;
  const given = { ...record.answers, ...file };
  const definition = await settlePrompts(named, { target: tree.root, given });
  const answers = await resolveAnswers(definition.prompts ?? [], {
    file,
    saved: record.answers,
    detected,
    ...(ask === undefined ? {} : { ask }),
  });
  const templates = new TemplateLookup({ ...options.templates, target: tree.root });
  const draft = new Draft({ builder, answers, templates, knownEdits: new Set(record.edits) });
  await runGenerator(definition, { draft, context: { answers, target: tree.root, tree } });
  const { wanted, edits, left, followUps } = draft.settle();
  const files: Record<string, FileState> = {};
  for (const [path, state] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    Object.assign(files, await updateFile(path, { ...unit, wanted: state }));
  }
  for (const [path, base] of Object.entries(record.files)) {
    if (left.has(path)) files[path] = base;
    else if (!wanted.has(path) && !isShared(path)) await dropObsolete(builder, { path, base });
  }
  for (const step of followUps) if (isDue(step, { record, files })) builder.followUp(step);
  return {
    ...record,
    answers: withoutSecrets(definition, answers),
    files,
    edits: [...new Set([...record.edits, ...edits])],
  };
}

/** What was done or told when it was made is not due again, unless what has changed since wants it. */
function isDue(
  { kind }: FollowUp,
  { record, files }: { record: GeneratedRecord; files: Readonly<Record<string, FileState>> },
): boolean {
  const changed = Object.keys(files).filter((path) => {
    const [now, base] = [files[path], record.files[path]];
    return now !== undefined && (base === undefined || !isSameFile(now, base));
  });
  if (kind === "git-init") return false;
  if (kind !== "install") return changed.length > 0;
  return changed.some((path) => /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|\.yarnrc\.yml)$/.test(path));
}

/** Gives the bases of the next update. */
async function updateFile(
  path: string,
  { record, records, builder, options, wanted }: UnitUpdate & { wanted: FileState | undefined },
): Promise<Readonly<Record<string, FileState>>> {
  const { onConflict = "merge" } = options;
  const base = Object.hasOwn(record.files, path) ? record.files[path] : undefined;
  if (wanted === undefined) {
    builder.note((await deleteFile(builder, { path, base, onConflict })).file);
    return {};
  }
  const kind = base === undefined ? undefined : kindOnDisk(builder.tree, path);
  if (kind === "nothing") {
    builder.note({ path, status: "deleted" });
    return { [path]: wanted };
  }
  if (base !== undefined && isSameFile(base, wanted)) return { [path]: base };
  if (base !== undefined && kind !== "file") {
    // Somebody's link or folder in its place: nothing can be merged into it.
    builder.note({ path, status: "edited", choice: "keep" });
    return { [path]: base };
  }
  const placed = await placeFile(builder, {
    path,
    wanted,
    base: baseOf(path, { records, unit: record.unit }),
    onConflict: base === undefined ? onConflict : "merge",
  });
  builder.note(placed.file);
  return placed.bases;
}

function chooseRecords(
  records: ReadonlyMap<string, GeneratedRecord>,
  unit: string | undefined,
): GeneratedRecord[] {
  if (unit === undefined) return [...records.values()];
  const record = records.get(unit);
  if (record !== undefined) return [record];
  const known = [...records.keys()].map((each) => `"${each}"`).join(", ");
  throw generatorError("DEXT_GENERATE_UNIT_UNKNOWN", `Nothing was generated as "${unit}"`, {
    hint: known === "" ? "Nothing was generated here at all." : `There are ${known}.`,
    details: { unit },
  });
}

/** One unit that is out of date, such as one of a service that is gone, is no reason to update none. */
function unitError({ unit }: GeneratedRecord, error: unknown): unknown {
  if (!isDextError(error) || error.code === "DEXT_GENERATE_CANCELLED") return error;
  const { code, message, details } = error;
  const hint = [
    ...(error.hint === undefined ? [] : [error.hint]),
    `Nothing was written. "dext update <unit>" updates one of the others; if it is wanted no longer, delete "${recordPath(unit)}".`,
  ].join(" ");
  return new DextError(`"${unit}" cannot be updated: ${message}`, {
    code,
    hint,
    cause: error,
    details: { ...details, unit },
  });
}

function refuseMarks(paths: readonly string[]): void {
  if (paths.length === 0) return;
  throw generatorError(
    "DEXT_GENERATE_CONFLICTS_REMAIN",
    `Conflict marks of an earlier update are left in ${paths.map((path) => `"${path}"`).join(", ")}`,
    {
      hint: 'Decide at each "<<<<<<< yours", remove the marks, then try again.',
      details: { paths },
    },
  );
}
