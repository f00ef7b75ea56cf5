import { referenceVariables } from "../discovery/reference-variables.ts";
import type { ResourceModel } from "../model/resource-model.ts";
import { resolveNode } from "../orchestration/resolve-expression.ts";
import type { ExpressionScope } from "../orchestration/resolve-expression.ts";

/** What the clients of a kind of server read by themselves. */
const wellKnown: Readonly<Record<string, { address: string; token: string; family: RegExp }>> = {
  consul: { address: "CONSUL_HTTP_ADDR", token: "CONSUL_HTTP_TOKEN", family: /^CONSUL_/ },
  vault: { address: "VAULT_ADDR", token: "VAULT_TOKEN", family: /^VAULT_/ },
};

/** Where sources find what they are told. */
export interface SourceVariablesOptions {
  /** What is there anyway. */
  environment: Readonly<Record<string, string>>;
  resources: ReadonlyMap<string, ResourceModel>;
  addresses: ExpressionScope;
}

/**
 * The environment in which a configuration is loaded whose sources are servers of the run: the connection of each, and
 * what the clients of Consul and Vault read. What the developer's own environment says of such a server
 * is about another one and left out.
 */
export function sourceVariables(
  from: readonly string[],
  { environment, resources, addresses }: SourceVariablesOptions,
): Record<string, string> {
  const servers = from.flatMap((name) => resources.get(name) ?? []);
  const families = servers.flatMap(({ kind }) => wellKnown[kind]?.family ?? []);
  const variables = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !families.some((family) => family.test(name))),
  );
  // The first of a kind is the one that is meant where none is named.
  for (const server of servers.toReversed()) {
    for (const { name, value } of referenceVariables({ resource: server.name }, server)) {
      variables[name] = resolveNode(value, addresses);
    }
    Object.assign(variables, addressVariables(server, addresses));
  }
  return variables;
}

function addressVariables(server: ResourceModel, addresses: ExpressionScope): Record<string, string> {
  const known = wellKnown[server.kind];
  if (known === undefined) return {};
  const token = addresses.property(server.name, "token");
  return {
    [known.address]: addresses.property(server.name, "uri"),
    ...(token === "" ? {} : { [known.token]: token }),
  };
}
