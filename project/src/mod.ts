export { detectProject } from "./detect-project.ts";
export type { DetectProjectOptions } from "./detect-project.ts";
export { findRole } from "./project-role.ts";
export type { ProjectRole } from "./project-role.ts";
export { planRunCommand } from "./run-command.ts";
export type { RunArgument, RunCommand, RunCommandOptions } from "./run-command.ts";
export { projectErrorCodes } from "./error-codes.ts";
export { projectWarnings } from "./description.ts";
export type {
  BuildStep,
  ClosureMember,
  DenoDescription,
  Finding,
  Framework,
  FrameworkName,
  LockFile,
  Origin,
  PackageManager,
  PackageManagerName,
  ProjectDescription,
  ProjectWarning,
  Runtime,
  TypeScriptDescription,
  WorkspaceDescription,
  WorkspaceMember,
} from "./description.ts";
