export { AppBuilder, createBuilder } from "./app-builder.ts";
export { hostingErrorCodes } from "./error-codes.ts";
export type { ConnectionModel } from "./model/connection.ts";
export type { ConfigurationOptions } from "./model/configuration-options.ts";
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
export { BackingResourceBuilder } from "./model/backing-resource-builder.ts";
export { ResourceBuilder } from "./model/resource-builder.ts";
export type { ReferenceTarget } from "./model/resource-builder.ts";
export type {
  AppModel,
  ConfigurationChange,
  ConfigurationModel,
  EnvironmentCallback,
  EnvironmentContext,
  EnvironmentEntry,
  GenerateOptions,
  MountModel,
  ParameterModel,
  ReferenceModel,
  ResourceCommand,
  ResourceCommandContext,
  ResourceModel,
  RestartPolicy,
  SeedContext,
  SeedModel,
  WaitModel,
} from "./model/resource-model.ts";
export { containerLauncher, isContainerLauncher } from "./launchers/container-launcher.ts";
export type { ContainerDescription, ContainerLauncher, ImageBuild } from "./launchers/container-launcher.ts";
export { embeddedLauncher, siblingProgram } from "./launchers/embedded-launcher.ts";
export type { EmbeddedLauncherOptions } from "./launchers/embedded-launcher.ts";
export { externalLauncher } from "./launchers/external-launcher.ts";
export type { ExternalLauncherOptions } from "./launchers/external-launcher.ts";
export { noLauncher } from "./launchers/no-launcher.ts";
export { processLauncher } from "./launchers/process-launcher.ts";
export type { FoundProgram, ProcessLauncherOptions, Refusal } from "./launchers/process-launcher.ts";
export { addConnectionString } from "./resources/add-connection-string.ts";
export type { ConnectionStringOptions } from "./resources/add-connection-string.ts";
export type { ConnectionKind } from "./resources/connection-kinds.ts";
export { addConsul, ConsulBuilder } from "./resources/add-consul.ts";
export type { ConsulOptions } from "./resources/add-consul.ts";
export type { KeyValues } from "./resources/consul-seed.ts";
export { addContainer } from "./resources/add-container.ts";
export type { ContainerOptions } from "./resources/add-container.ts";
export { addDockerfile } from "./resources/add-dockerfile.ts";
export type { DockerfileOptions } from "./resources/add-dockerfile.ts";
export type { ExecutableOptions } from "./resources/add-executable.ts";
export { addExternalService } from "./resources/add-external-service.ts";
export { addKafka } from "./resources/add-kafka.ts";
export type { KafkaOptions } from "./resources/add-kafka.ts";
export type { ScriptAppOptions } from "./resources/add-node-app.ts";
export { addPostgres, PostgresBuilder } from "./resources/add-postgres.ts";
export type { PostgresDatabaseOptions, PostgresOptions } from "./resources/add-postgres.ts";
export { PostgresDatabaseBuilder } from "./resources/postgres-database.ts";
export type { ProjectOptions } from "./resources/add-project.ts";
export { addRabbitMQ } from "./resources/add-rabbitmq.ts";
export type { RabbitMQOptions } from "./resources/add-rabbitmq.ts";
export { addRedis } from "./resources/add-redis.ts";
export type { RedisOptions } from "./resources/add-redis.ts";
export type { SeedValue } from "./resources/seed-value.ts";
export { addVault, VaultBuilder } from "./resources/add-vault.ts";
export type { VaultOptions } from "./resources/add-vault.ts";
export type { VaultSecrets } from "./resources/vault-seed.ts";
