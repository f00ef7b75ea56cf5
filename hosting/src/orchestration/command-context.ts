import { hostingError } from "../hosting-error.ts";
import { toExpression } from "../model/expression.ts";
import type { ResourceCommandContext, ResourceModel } from "../model/resource-model.ts";
import { resolveNode } from "./resolve-expression.ts";
import type { RunContext } from "./run-context.ts";

/** What a command of a resource's own is given. */
export function createCommandContext(
  { resources, addresses, logs }: Pick<RunContext, "resources" | "addresses" | "logs">,
  { resource: name, replica, signal }: { resource: string; replica: number | undefined; signal: AbortSignal },
): ResourceCommandContext {
  const model = resources.get(name);
  const index = replica ?? 0;
  return {
    resource: name,
    ...(replica === undefined ? {} : { replica }),
    signal,
    endpoint(endpoint) {
      checkKnown(endpoint, { what: "endpoint", resource: name, known: endpointsOf(model) });
      const { host, port, url } =
        addresses.find(name, { endpoint, replica: index }) ?? addressMissing(name, endpoint);
      return { host, port, url };
    },
    property(property) {
      checkKnown(property, { what: "property", resource: name, known: propertiesOf(model) });
      return addresses.property(name, property);
    },
    resolve: (value) => resolveNode(toExpression(value).node, addresses),
    write: (text) => logs.sink(name, index).system(text),
  };
}

function endpointsOf(model: ResourceModel | undefined): readonly string[] {
  return (model?.endpoints ?? []).map(({ name }) => name);
}

function propertiesOf(model: ResourceModel | undefined): readonly string[] {
  return Object.keys(model?.connection?.properties ?? {});
}

function checkKnown(
  name: string,
  { what, resource, known }: { what: "endpoint" | "property"; resource: string; known: readonly string[] },
): void {
  if (known.includes(name)) return;
  throw hostingError(
    what === "endpoint" ? "DEXT_MODEL_ENDPOINT_UNKNOWN" : "DEXT_MODEL_PROPERTY_UNKNOWN",
    `"${resource}" has no ${what} "${name}"`,
    { hint: `It has: ${known.join(", ") || "none"}.`, details: { resource, [what]: name } },
  );
}

function addressMissing(resource: string, endpoint: string): never {
  throw hostingError("DEXT_RUN_NO_ADDRESS", `"${resource}" has no address for its endpoint "${endpoint}"`, {
    hint: `Look at why "${resource}" is not there.`,
    details: { resource, endpoint },
  });
}
