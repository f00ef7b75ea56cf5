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
