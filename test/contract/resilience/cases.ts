import type { ContractCase } from "../../fixtures/contract-case.ts";
import { circuitBreakerCases } from "./circuit-breaker-cases.ts";
import { fallbackCases } from "./fallback-cases.ts";
import { hedgingCases } from "./hedging-cases.ts";
import { pipelineCases } from "./pipeline-cases.ts";
import { rateLimiterCases } from "./rate-limiter-cases.ts";
import { retryCases } from "./retry-cases.ts";
import { timeoutCases } from "./timeout-cases.ts";

/** The rows of the tables in `docs/resilience.md`. */
export const contractCases: readonly ContractCase[] = [
  ...pipelineCases,
  ...retryCases,
  ...timeoutCases,
  ...circuitBreakerCases,
  ...rateLimiterCases,
  ...hedgingCases,
  ...fallbackCases,
];
