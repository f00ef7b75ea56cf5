export { createDiscovery, resolve } from "./discovery/discovery.ts";
export type { Discovery, DiscoveryOptions } from "./discovery/discovery.ts";
export type { Balance } from "./discovery/balancer.ts";
export { createDiscoveryFetch } from "./discovery/discovery-fetch.ts";
export type { DiscoveryFetchOptions, Fetch } from "./discovery/discovery-fetch.ts";
export { createDiscoveryInterceptor } from "./discovery/discovery-interceptor.ts";
export type { DiscoveryInterceptor } from "./discovery/discovery-interceptor.ts";
export { createHealth } from "./health/health.ts";
export type { Health, HealthCheckOptions, HealthKind, HealthOptions } from "./health/health.ts";
export type { HealthCheck } from "./health/health-check.ts";
export type { HealthCheckResult, HealthEntry, HealthReport, HealthStatus } from "./health/health-report.ts";
export type { HealthEndpointOptions } from "./health/health-endpoint.ts";
export { createConsoleLogger } from "./console-logger.ts";
export type { LogFormat } from "./console-logger.ts";
export { createService } from "./create-service.ts";
export type {
  ServeNodeOptions,
  ServeOptions,
  Service,
  ServiceHealthOptions,
  ServiceOptions,
} from "./create-service.ts";
export type { ListenOptions } from "./serve/listen-address.ts";
export type { FetchHandler, ServerAddress } from "./serve/server.ts";
export type { UpgradeListener } from "./serve/node-server.ts";
export type { ShutdownHookOptions, ShutdownOptions } from "./shutdown/shutdown.ts";
export type { ShutdownHook } from "./shutdown/shutdown-hooks.ts";
export { currentTrace, instrument, withSpan } from "./telemetry/with-span.ts";
export type { SpanOptions, SpanRole, TraceFields } from "./telemetry/with-span.ts";
export { createHttpClient } from "./http/http-client.ts";
export type { HttpClient, HttpClientOptions } from "./http/http-client.ts";
export type { HttpExchange } from "./http/exchange.ts";
export { createHttpPipeline } from "./http/http-pipeline.ts";
export type { HttpResilienceOptions } from "./http/http-pipeline.ts";
export type { HttpRequestOptions } from "./http/request-options.ts";
export type { HttpCall } from "./http/http-call.ts";
export type { HttpBody, HttpResponse, Transport, TransportRequest } from "./http/http-response.ts";
export { HttpError, isHttpError } from "./http/http-error.ts";
export type { HttpErrorCode, HttpErrorFacts } from "./http/http-error.ts";
export { createFetchTransport } from "./http/fetch-transport.ts";
export { createUndiciTransport } from "./http/undici-transport.ts";
export type { UndiciDispatcher, UndiciTransportOptions } from "./http/undici-transport.ts";
