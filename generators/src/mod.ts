export { unifiedDiff } from "./diff/unified-diff.ts";
export type { DiffOptions } from "./diff/unified-diff.ts";
export { generatorErrorCodes } from "./error-codes.ts";
export type {
  ChangePlan,
  ConflictChoice,
  CreateOperation,
  DeleteOperation,
  FileState,
  FileStatus,
  FollowUp,
  GeneratedRecord,
  ModifyOperation,
  Operation,
  PlannedFile,
} from "./plan/change-plan.ts";
export { parsePlan } from "./plan/parse-plan.ts";
export { PlanBuilder } from "./plan/plan-builder.ts";
export type { TargetTree } from "./plan/target-tree.ts";
export { commit } from "./commit/commit.ts";
export type { CommitResult } from "./commit/commit.ts";
export { recover } from "./commit/recover.ts";
export type { Recovery } from "./commit/recover.ts";
export { planUndo, undo } from "./state/undo.ts";
export type { LeftFile, UndoPlan, UndoResult } from "./state/undo.ts";
