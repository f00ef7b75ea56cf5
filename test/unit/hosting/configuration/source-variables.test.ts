import { createBuilder } from "@dext/hosting";
import { expect, it } from "vitest";
import { sourceVariables } from "../../../../hosting/src/configuration/source-variables.ts";
import type { ExpressionScope } from "../../../../hosting/src/orchestration/resolve-expression.ts";

/** Every server is at an address of its own; those of Vault have a token. */
const addresses: ExpressionScope = {
  endpoint: (resource) => `http://${resource}:1`,
  connectionString: (resource) => `connection to ${resource}`,
  property: (resource, property) =>
    property === "token"
      ? resource.startsWith("vault")
        ? `token;of ${resource}`
        : ""
      : `http://${resource}:1`,
  parameter: (name) => name,
};

const environment = {
  PATH: "/bin",
  VAULT_ADDR: "http://of-the-developer",
  VAULT_TOKEN: "of the developer",
  VAULT_NAMESPACE: "of/the/developer",
  CONSUL_HTTP_ADDR: "http://of-the-developer",
};

function variablesOf(...from: string[]): Record<string, string> {
  const host = createBuilder({ directory: "/shop" });
  host.addVault("vault-one");
  host.addVault("vault-two");
  host.addConsul("settings");
  const resources = new Map(host.build().resources.map((each) => [each.name, each]));
  return sourceVariables(from, { environment, resources, addresses });
}

it("gives sources what a consumer of each server is given", () => {
  expect(variablesOf("vault-one")).toMatchObject({
    "ConnectionStrings__vault-one": "connection to vault-one",
    ConnectionStrings__vault_one: "connection to vault-one",
    VAULT_ONE_URI: "http://vault-one:1",
  });
  expect(variablesOf("settings")).toMatchObject({ ConnectionStrings__settings: "connection to settings" });
});

it("gives the clients of a kind the first server of it, and nothing of the developer's own", () => {
  expect(variablesOf("vault-two", "vault-one")).toMatchObject({
    PATH: "/bin",
    VAULT_ADDR: "http://vault-two:1",
    VAULT_TOKEN: "token;of vault-two",
    CONSUL_HTTP_ADDR: "http://of-the-developer",
  });
  expect(variablesOf("vault-two")).not.toHaveProperty("VAULT_NAMESPACE");
  const consul = variablesOf("settings");
  expect(consul).toMatchObject({ CONSUL_HTTP_ADDR: "http://settings:1", VAULT_TOKEN: "of the developer" });
  expect(consul).not.toHaveProperty("CONSUL_HTTP_TOKEN");
});
