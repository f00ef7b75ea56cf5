import { externalLauncher } from "../launchers/external-launcher.ts";
import { Expression } from "../model/expression.ts";
import type { ModelBuilder } from "../model/model-builder.ts";
import type { BackingResourceBuilder } from "../model/backing-resource-builder.ts";
import { connectionKinds } from "./connection-kinds.ts";
import type { ConnectionKind } from "./connection-kinds.ts";
import { ownProperty } from "./implicit-password.ts";

/** Options of {@link addConnectionString}. */
export interface ConnectionStringOptions {
  /** What is at the other end: consumers are then given `<NAME>_URI` and the other properties of that kind, too. */
  kind?: ConnectionKind;
}

/**
 * Adds something that is there already and that Dext does not start, by its connection string `ConnectionStrings:<name>`
 * in configuration. Consumers are given the text as it stands.
 *
 * @example
 * ```ts
 * import { addConnectionString, createBuilder } from "@dext/hosting";
 *
 * const host = createBuilder({ directory: "." });
 * const legacy = addConnectionString(host, "legacy", { kind: "postgres" });
 * host.addNodeApp("api", "api.js").withReference(legacy);
 * ```
 */
export function addConnectionString(
  host: ModelBuilder,
  name: string,
  options: ConnectionStringOptions = {},
): BackingResourceBuilder {
  const kind = options.kind === undefined ? undefined : connectionKinds[options.kind];
  return host.addBackingResource({
    name,
    kind: "connection-string",
    launchers: [
      externalLauncher({
        parse: (text) => ({ connectionString: text, properties: kind?.parse(text).properties ?? {} }),
      }),
    ],
    connection: () => ({
      connectionString: new Expression({ type: "connectionString", resource: name }, host),
      properties: Object.fromEntries(
        (kind?.properties ?? []).map((property) => [property, ownProperty(host, { name, property })]),
      ),
    }),
  });
}
