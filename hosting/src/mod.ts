export { AppBuilder, createBuilder } from "./app-builder.ts";
export { hostingErrorCodes } from "./error-codes.ts";
export type { ConnectionModel } from "./model/connection.ts";
export type { EndpointModel, EndpointOptions } from "./model/endpoint.ts";
export { EndpointReference } from "./model/endpoint-reference.ts";
export { describeNode, encoded, Expression, expression } from "./model/expression.ts";
export type { Encoding, EndpointPart, ExpressionNode, HasExpression, Value } from "./model/expression.ts";
export type {
  HealthCheck,
  HealthCheckContext,
  HealthCheckModel,
  HealthCheckOptions,
  HealthCheckResult,
} from "./model/health-check.ts";
export type {
  ExternalPlan,
  LaunchContext,
  Launcher,
  LauncherType,
  LaunchPlan,
  ProbeContext,
  ProbeResult,
  ProcessPlan,
} from "./model/launcher.ts";
export { ModelBuilder } from "./model/model-builder.ts";
export type {
  BackingResourceDefinition,
  ModelBuilderOptions,
  ParameterOptions,
  ResourceDefinition,
} from "./model/model-builder.ts";
export { ParameterBuilder } from "./model/parameter-builder.ts";
export { BackingResourceBuilder, ResourceBuilder } from "./model/resource-builder.ts";
export type { ReferenceTarget } from "./model/resource-builder.ts";
export type {
  AppModel,
  ConfigurationModel,
  EnvironmentCallback,
  EnvironmentContext,
  EnvironmentEntry,
  GenerateOptions,
  MountModel,
  ParameterModel,
  ReferenceModel,
  ResourceCommand,
  ResourceModel,
  RestartPolicy,
  WaitModel,
} from "./model/resource-model.ts";
export type { ExecutableOptions } from "./resources/add-executable.ts";
export type { ScriptAppOptions } from "./resources/add-node-app.ts";
export type { ProjectOptions } from "./resources/add-project.ts";
