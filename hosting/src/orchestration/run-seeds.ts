import { isDextError } from "@dext/core";
import { launcherError } from "../launchers/error-codes.ts";
import { hostingError } from "../hosting-error.ts";
import { toExpression } from "../model/expression.ts";
import type { LauncherType } from "../model/launcher.ts";
import type { SeedContext } from "../model/resource-model.ts";
import type { Replica } from "./replica.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { RunContext } from "./run-context.ts";

/**
 * Fills a resource that has become healthy, one seed after another.
 *
 * @throws DextError `DEXT_LAUNCH_SEED_FAILED`, and what the seeds throw
 */
export async function runSeeds(
  replica: Replica,
  { context, signal }: { context: RunContext; signal: AbortSignal },
): Promise<void> {
  const { seeds, name: resource } = replica.resource;
  if (seeds.length === 0) return;
  const seedContext = createSeedContext(replica, { context, signal });
  for (const { name, run } of seeds) {
    replica.setHealth("Unknown", `is filled with ${name}`);
    try {
      await run(seedContext);
    } catch (error) {
      // It is being stopped, or has ended: that is told already.
      if (signal.aborted) return;
      if (isDextError(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw launcherError(
        "DEXT_LAUNCH_SEED_FAILED",
        `"${resource}" could not be filled with ${name}: ${message}`,
        {
          hint: "The error is that of the function given to withSeed.",
          cause: error,
          details: { resource, what: name },
        },
      );
    }
  }
}

function createSeedContext(
  { resource, index, snapshot }: Replica,
  { context, signal }: { context: RunContext; signal: AbortSignal },
): SeedContext {
  const { addresses, logs } = context;
  return {
    resource: resource.name,
    launcher: (snapshot.launcher ?? "none") as LauncherType,
    signal,
    endpoint(endpoint) {
      const address = addresses.find(resource.name, { endpoint, replica: index });
      if (address !== undefined) return address;
      throw hostingError(
        "DEXT_RUN_NO_ADDRESS",
        `"${resource.name}" has no address for its endpoint "${endpoint}"`,
        {
          hint: "Look at the endpoints that it declares.",
          details: { resource: resource.name, endpoint },
        },
      );
    },
    property: (name) => addresses.property(resource.name, name),
    resolve: (value) => resolveNode(toExpression(value).node, addresses),
    write: (text) => logs.sink(resource.name, index).system(text),
  };
}
