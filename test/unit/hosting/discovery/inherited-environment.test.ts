import { expect, it } from "vitest";
import { inheritedEnvironment } from "../../../../hosting/src/discovery/inherited-environment.ts";

it("withholds secrets of tools, what another run said, and what npm said", () => {
  const environment = {
    HOME: "/home/me",
    VAULT_TOKEN: "x",
    CONSUL_HTTP_TOKEN: "x",
    CONSUL_HTTP_ADDR: "kept",
    Parameters__key: "x",
    services__api__http__0: "x",
    ConnectionStrings__db: "x",
    npm_config_registry: "x",
    npm_lifecycle_event: "x",
    PORT: "3000",
    DEXT_RUN_ID: "x",
    PORTAL: "kept",
    GONE: undefined,
  };
  expect(inheritedEnvironment(environment, { colour: false })).toEqual({
    HOME: "/home/me",
    CONSUL_HTTP_ADDR: "kept",
    PORTAL: "kept",
  });
});

it("asks children for colour when our own output has it, unless somebody has said no", () => {
  expect(inheritedEnvironment({}, { colour: true })).toEqual({ FORCE_COLOR: "1" });
  expect(inheritedEnvironment({ NO_COLOR: "1" }, { colour: true })).toEqual({ NO_COLOR: "1" });
  expect(inheritedEnvironment({ FORCE_COLOR: "3" }, { colour: true })).toEqual({ FORCE_COLOR: "3" });
});
