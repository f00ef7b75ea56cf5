import type { DescribedCommand } from "@dext/protocol";
import { telemetryPreloadOptions } from "../discovery/telemetry-preload.ts";
import type { LaunchContext, Launcher, ProbeContext, ProcessPlan } from "../model/launcher.ts";

/** A command that a service is run by, and why this one. */
export interface ServiceCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly because: string;
  /** `node`, `deno` or `bun` when that is what runs the code; decides how a debugger is asked for. */
  readonly runtime?: "node" | "deno" | "bun";
  /** What a person should know, such as a version that does not fit. */
  readonly warnings?: readonly string[];
  /** Whether the runtime itself is started, and not a package manager that starts it. */
  readonly isDirect?: boolean;
}

/** A launcher that can say what it would run without running it. */
export interface DescribingLauncher extends Launcher {
  describe(
    context: ProbeContext,
    port: (endpoint: string) => string,
  ): Promise<DescribedCommand & { warnings: readonly string[] }>;
}

/**
 * The launcher of services: programs of the user that run as processes on this machine.
 *
 * @param find decides on the command. A refusal by a coded error makes the resource fail with that error.
 */
export function programLauncher(
  find: (context: ProbeContext, port: (endpoint: string) => string) => Promise<ServiceCommand>,
): DescribingLauncher {
  return {
    type: "process",
    async probe(context) {
      const { because } = await find(context, () => "0");
      return { works: true, because };
    },
    async plan(context): Promise<ProcessPlan> {
      const service = await find(context, (endpoint) => String(context.port(endpoint)));
      const { command, args, cwd } = service;
      return {
        type: "process",
        environment: context.telemetry && service.runtime === "deno" ? { OTEL_DENO: "true" } : {},
        nodeOptions: service.runtime === "node" ? nodeOptions(service, context) : [],
        cwd,
        command,
        args: inspectorArgs(service, context).concat(args),
      };
    },
    async describe(context, port) {
      const { command, args, cwd, because, warnings = [] } = await find(context, port);
      return { command, args, cwd, because, warnings };
    },
  };
}

/**
 * What reaches the program through a package manager too. Of a debugger, port 0 lets each process of the chain have
 * one of its own; the telemetry knows the package managers and does nothing in them.
 */
function nodeOptions(service: ServiceCommand, context: LaunchContext): string[] {
  return [
    ...(context.inspect && !isDirect(service) ? ["--inspect=127.0.0.1:0"] : []),
    ...(context.telemetry ? telemetryPreloadOptions() : []),
  ];
}

function inspectorArgs(service: ServiceCommand, context: LaunchContext): string[] {
  return context.inspect && service.runtime === "node" && isDirect(service) ? ["--inspect=127.0.0.1:0"] : [];
}

function isDirect(service: ServiceCommand): boolean {
  return service.isDirect ?? false;
}
