import { isDextError } from "@dext/core";
import type { ExternalPlan, Launcher, ProbeContext } from "../model/launcher.ts";
import { launcherError } from "./error-codes.ts";

/** Options of {@link externalLauncher}. */
export interface ExternalLauncherOptions {
  /**
   * Reads the connection string: what consumers are told, and the URL of each endpoint.
   *
   * Throws an error whose message says what is wrong and does not repeat the text, which holds a password.
   */
  parse: (connectionString: string) => Omit<ExternalPlan, "type">;
}

/**
 * A resource that is there already: its address is the connection string `ConnectionStrings:<name>` in configuration.
 *
 * @example
 * ```ts
 * import { createBuilder, externalLauncher } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * host.addBackingResource({
 *   name: "search",
 *   kind: "search",
 *   endpoints: [{ name: "http", scheme: "http" }],
 *   launchers: [externalLauncher({ parse: (text) => ({ connectionString: text, endpoints: { http: text } }) })],
 *   connection: (self) => ({ connectionString: self.endpoint("http"), properties: {} }),
 * });
 * ```
 */
export function externalLauncher({ parse }: ExternalLauncherOptions): Launcher {
  return {
    type: "external",
    async probe(context) {
      if (connectionStringOf(context) !== undefined) {
        return { works: true, because: `ConnectionStrings:${context.resource.name} is in configuration` };
      }
      return {
        works: false,
        because: `ConnectionStrings:${context.resource.name} is not in configuration`,
        remedy: `Set ConnectionStrings__${context.resource.name} in the environment or in the AppHost's .env file`,
      };
    },
    async plan(context) {
      const text = connectionStringOf(context);
      if (text === undefined) throw connectionStringMissing(context.resource.name);
      try {
        return { type: "external", ...parse(text) };
      } catch (error) {
        throw connectionStringInvalid(context.resource.name, error);
      }
    },
  };
}

function connectionStringOf({ configuration, resource }: ProbeContext): string | undefined {
  const text = configuration.get(`ConnectionStrings:${resource.name}`)?.trim();
  return text === "" ? undefined : text;
}

function connectionStringMissing(name: string): Error {
  return launcherError(
    "DEXT_LAUNCH_CONNECTION_STRING_MISSING",
    `ConnectionStrings:${name} is not in configuration`,
    {
      hint: `Set ConnectionStrings__${name} in the environment or in the AppHost's .env file.`,
      details: { resource: name },
    },
  );
}

function connectionStringInvalid(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return launcherError(
    "DEXT_LAUNCH_CONNECTION_STRING_INVALID",
    `ConnectionStrings:${name} is not understood: ${reason}`,
    {
      hint:
        isDextError(cause) && cause.hint !== undefined
          ? cause.hint
          : "Give the connection string in the form of .NET Aspire or as a URI.",
      details: { resource: name },
    },
  );
}
