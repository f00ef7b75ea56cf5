export { configErrorCodes } from "./error-codes.ts";
export { defineConfig } from "./definition/define-config.ts";
export type { ConfigDefinition, ConfigOptions, ConfigValue } from "./definition/define-config.ts";
export type {
  ConsulPermission,
  KubernetesPermission,
  Permission,
  VaultPermission,
} from "./definition/permission.ts";
export type {
  ConfigLayer,
  ConfigNote,
  ConfigProvider,
  ConfigWatch,
  DependentLayer,
  LayerOptions,
  LayerSettings,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "./definition/provider.ts";
export type { Protected } from "./definition/secret-types.ts";
export { sourceUnavailable } from "./definition/source-errors.ts";
export { loadConfig } from "./loading/load-config.ts";
export type { LoadOptions } from "./loading/load-config.ts";
export type { SourceState, SourceStatus } from "./loading/layer-source.ts";
export type { ChangeListener, Config, ConfigEvent } from "./reloading/config.ts";
export type { ConfigFault } from "./schema/validate.ts";
export type { Shape, ShapeType } from "./schema/shape.ts";
export type { ConfigChange } from "./snapshot/diff.ts";
export { formatExplanations } from "./snapshot/explain.ts";
export type { ExplainedValue, Explanation } from "./snapshot/explain.ts";
export type { ConfigVariable } from "./snapshot/variables.ts";
export { formatPath, parsePath } from "./tree/config-path.ts";
export type { ConfigPath } from "./tree/config-path.ts";
export { leavesOf, listNode, objectNode, treeOfPaths, valueNode } from "./tree/config-tree.ts";
export type {
  ConfigNode,
  ListNode,
  ObjectNode,
  Origin,
  ScalarValue,
  ValueNode,
  ValueOptions,
} from "./tree/config-tree.ts";
export type { ListRule } from "./tree/merge.ts";
export { object } from "./object/object-provider.ts";
export type { ObjectOptions } from "./object/object-provider.ts";
export { env } from "./env/env-provider.ts";
export type { EnvOptions } from "./env/env-provider.ts";
export { dotenv } from "./dotenv/dotenv-provider.ts";
export type { DotenvOptions } from "./dotenv/dotenv-provider.ts";
export { file } from "./file/file-provider.ts";
export type { FileOptions } from "./file/file-provider.ts";
export type { FileFormat } from "./file/formats.ts";
export { consul } from "./consul/consul-layer.ts";
export type { ConsulFormat, ConsulOptions, ConsulTls } from "./consul/consul-options.ts";
export { commandLine } from "./command-line/command-line-provider.ts";
export type { CommandLineOptions } from "./command-line/command-line-provider.ts";
export { kubernetesApi } from "./kubernetes-api/kubernetes-api-layer.ts";
export type { KubernetesApiOptions } from "./kubernetes-api/kubernetes-api-layer.ts";
export type { ConnectionOptions as KubernetesConnectionOptions } from "./kubernetes-api/connection.ts";
export { kubernetesVolume } from "./kubernetes-volume/kubernetes-volume-layer.ts";
export type { KubernetesVolumeOptions } from "./kubernetes-volume/kubernetes-volume-layer.ts";
export { formatManifests, kubernetesRoles } from "./permissions/kubernetes-roles.ts";
export type {
  KubernetesRoleManifest,
  KubernetesRolesOptions,
  KubernetesRule,
} from "./permissions/kubernetes-roles.ts";
export { vaultPolicy } from "./permissions/vault-policy.ts";
export { consulRules } from "./permissions/consul-rules.ts";
export { vault } from "./vault/vault-provider.ts";
export type {
  VaultAppRole,
  VaultAuth,
  VaultConnectionOptions,
  VaultDynamicOptions,
  VaultKubernetes,
  VaultOptions,
  VaultSecretOptions,
  VaultTls,
} from "./vault/vault-options.ts";
