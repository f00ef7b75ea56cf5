export { protocolVersion } from "./version.ts";
export { isEndState, isFailedState, resourceStates } from "./resource-state.ts";
export type { Health, ResourceState } from "./resource-state.ts";
export type {
  CommandSnapshot,
  ConfigurationProblem,
  EndpointSnapshot,
  LauncherAttempt,
  ResourceSnapshot,
  ResourceUsage,
} from "./resource-snapshot.ts";
export { logLevels } from "./log-line.ts";
export type { LogLevel, LogLine, LogQuery, LogStream } from "./log-line.ts";
export { parseJsonLog } from "./json-log.ts";
export type { JsonLog } from "./json-log.ts";
export type {
  HealthEvent,
  NoticeEvent,
  ResourceChangedEvent,
  RunEvent,
  RunState,
  RunStateEvent,
  StateEvent,
  UsageEvent,
} from "./run-event.ts";
export type {
  DescribedCommand,
  DescribedConfiguration,
  DescribedParameter,
  DescribedResource,
  DescribedVariable,
  ModelDescription,
} from "./model-description.ts";
export type { ResourceCommandRequest, RunClient, RunInfo, RunSnapshot } from "./run-client.ts";
export { routes } from "./routes.ts";
export type { Route, RouteName } from "./routes.ts";
