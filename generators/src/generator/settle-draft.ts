import type { OnConflict, Placed } from "../conflicts/place-file.ts";
import { choose, describeConflict, placeFile, statusOf } from "../conflicts/place-file.ts";
import type { FileState, GeneratedRecord } from "../plan/change-plan.ts";
import { isSameFile } from "../plan/file-state.ts";
import { kindOnDisk } from "../plan/kind-on-disk.ts";
import type { PlanBuilder } from "../plan/plan-builder.ts";
import type { Draft } from "./draft.ts";

/** What is known from earlier runs, and what to do where it is not enough. */
export interface SettleOptions {
  /** What was recorded of every unit. */
  readonly records: ReadonlyMap<string, GeneratedRecord>;
  readonly unit: string;
  readonly onConflict: OnConflict;
}

/** Settles what a generator wants with what is on disk. */
export async function settleDraft(
  draft: Draft,
  { records, unit, onConflict }: SettleOptions,
): Promise<{ builder: PlanBuilder; files: Record<string, FileState>; edits: string[] }> {
  const { builder, wanted, edits, left, followUps } = draft.settle();
  for (const step of followUps) builder.followUp(step);
  const earlier = records.get(unit);
  const bases = new Map(Object.entries(earlier?.files ?? {}));
  for (const [path, state] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const base = baseOf(path, { records, unit });
    bases.delete(path);
    const placed =
      state === undefined
        ? await deleteFile(builder, { path, base, onConflict })
        : await placeFile(builder, { path, wanted: state, base, onConflict });
    builder.note(placed.file);
    for (const [each, contents] of Object.entries(placed.bases)) bases.set(each, contents);
  }
  const others = [...records.values()].filter((record) => record.unit !== unit);
  for (const [path, base] of Object.entries(earlier?.files ?? {})) {
    const isKept = left.has(path) || others.some(({ files }) => Object.hasOwn(files, path));
    if (wanted.has(path) || isKept) continue;
    bases.delete(path);
    await dropObsolete(builder, { path, base });
  }
  const allEdits = [...new Set([...(earlier?.edits ?? []), ...edits])];
  return { builder, files: Object.fromEntries(bases), edits: allEdits };
}

/** What a file was generated as: by this unit, else by any other. */
export function baseOf(
  path: string,
  { records, unit }: { records: ReadonlyMap<string, GeneratedRecord>; unit: string },
): FileState | undefined {
  const ordered = [records.get(unit), ...records.values()];
  for (const record of ordered) {
    if (record !== undefined && Object.hasOwn(record.files, path)) return record.files[path];
  }
  return undefined;
}

/** A file goes when it is as it was generated, or when overwriting is the choice; else it stays. */
export async function deleteFile(
  builder: PlanBuilder,
  { path, base, onConflict }: { path: string; base: FileState | undefined; onConflict: OnConflict },
): Promise<Placed> {
  const onDisk = builder.tree.read(path);
  if (onDisk === undefined) return { file: { path, status: "deleted" }, bases: {} };
  const status = statusOf(onDisk, { wanted: undefined, base });
  if (status !== "edited" && status !== "foreign") {
    builder.delete(path);
    return { file: { path, status: "deleted" }, bases: {} };
  }
  const conflict = describeConflict({ path, status, onDisk, wanted: undefined, base });
  const choice = await choose(conflict, onConflict);
  if (choice === "overwrite") {
    builder.delete(path);
    return { file: { path, status: "deleted", choice }, bases: {} };
  }
  const diff = choice === "diff" ? { diff: conflict.diff() } : {};
  return {
    file: { path, status, choice: choice === "diff" ? choice : "keep", ...diff },
    bases: base === undefined ? {} : { [path]: base },
  };
}

/** What is generated no longer goes when it is as it was generated; else it stays, and is the user's from now on. */
export async function dropObsolete(
  builder: PlanBuilder,
  { path, base }: { path: string; base: FileState },
): Promise<void> {
  const kind = kindOnDisk(builder.tree, path);
  if (kind === "nothing") return;
  const onDisk = kind === "file" ? builder.tree.read(path) : undefined;
  const isUntouched = onDisk !== undefined && isSameFile(onDisk, base);
  if (isUntouched) await deleteFile(builder, { path, base, onConflict: "keep" });
  builder.note({ path, status: isUntouched ? "deleted" : "obsolete" });
}
