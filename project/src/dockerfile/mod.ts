export { planDockerfile } from "./plan-dockerfile.ts";
export type { PlanDockerfileOptions } from "./plan-dockerfile.ts";
export { dockerfileErrorCodes } from "./error-codes.ts";
export type {
  BuildSecret,
  DockerfileFinding,
  DockerfilePlan,
  DockerfileProfile,
  ExplainedLine,
  PlannedText,
} from "./dockerfile-plan.ts";
