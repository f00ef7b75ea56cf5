export { flagOf } from "./answers/resolve-answers.ts";
export type { Ask, Question } from "./answers/resolve-answers.ts";
export { builtInGenerators } from "./builtin/built-in-generators.ts";
export { createDockerfileGenerator } from "./builtin/dockerfile-generator.ts";
export type { DockerfileGeneratorOptions } from "./builtin/dockerfile-generator.ts";
export { dextPackageNames, dextVersion, tarballName, vendorFolder } from "./builtin/dext-packages.ts";
export { resourceKinds } from "./builtin/resource-kinds.ts";
export type { ResourceKind } from "./builtin/resource-kinds.ts";
export { commit } from "./commit/commit.ts";
export type { CommitResult } from "./commit/commit.ts";
export { findUncommittedChanges } from "./commit/uncommitted-changes.ts";
export { recover } from "./commit/recover.ts";
export type { Recovery } from "./commit/recover.ts";
export type { Conflict, OnConflict } from "./conflicts/place-file.ts";
export { unifiedDiff } from "./diff/unified-diff.ts";
export type { DiffOptions } from "./diff/unified-diff.ts";
export type { JsonEdit } from "./edits/edit-json.ts";
export { generatorErrorCodes } from "./error-codes.ts";
export { defineGenerator } from "./generator/definition.ts";
export type {
  Action,
  AddAction,
  AddTreeAction,
  Answers,
  AppHostAction,
  AppendAction,
  Choice,
  EditAction,
  GeneratorContext,
  GeneratorDefinition,
  JsonEditAction,
  ModifyAction,
  Prompt,
  PromptContext,
  TextSource,
} from "./generator/definition.ts";
export type { Draft } from "./generator/draft.ts";
export { findGenerator, loadGenerators } from "./generator/load-generators.ts";
export { settlePrompts } from "./generator/settle-prompts.ts";
export { plan } from "./generator/plan-generator.ts";
export type { PlanOptions } from "./generator/plan-generator.ts";
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
export { planUndo, undo } from "./state/undo.ts";
export type { LeftFile, UndoPlan, UndoResult } from "./state/undo.ts";
export { findConflictMarks, planUpdate } from "./state/update.ts";
export type { UpdateOptions } from "./state/update.ts";
export { ejectGenerator, findOutdatedTemplates } from "./templates/eject.ts";
export type { OutdatedTemplate } from "./templates/eject.ts";
export { TemplateLookup } from "./templates/template-lookup.ts";
export type { FoundTemplate, TemplateLookupOptions, TemplateOrigin } from "./templates/template-lookup.ts";
export { editAppHost } from "./apphost/edit-apphost.ts";
export type {
  AddImportEdit,
  AddReferenceEdit,
  AddResourceEdit,
  AppHostEdit,
  AppHostEditResult,
} from "./apphost/edit-apphost.ts";
