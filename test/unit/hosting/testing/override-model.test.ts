import { createBuilder } from "@dext/hosting";
import type { TestOverrides } from "@dext/hosting/testing";
import { defineConfig, object } from "@dext/providers";
import { describe, expect, it } from "vitest";
import { overrideModel } from "../../../../hosting/src/testing/override-model.ts";
import { decodeOverrides, encodeOverrides } from "../../../../hosting/src/testing/test-overrides.ts";

type Host = ReturnType<typeof createBuilder>;
type Wanted = TestOverrides & { only?: readonly string[] };

function override(
  describeSystem: (host: Host) => void,
  { only = [], ...overrides }: Wanted,
): ReturnType<typeof overrideModel> {
  const host = createBuilder({ name: "shop", directory: "/shop" });
  describeSystem(host);
  // As they arrive in the AppHost.
  const received = decodeOverrides(encodeOverrides(overrides));
  return overrideModel(host.build(), { overrides: received, only, profiles: [] });
}

function refusal(describeSystem: (host: Host) => void, wanted: Wanted): string {
  try {
    override(describeSystem, wanted);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
  return "nothing was refused";
}

const invalid = (text: string): string => `DEXT_TESTING_OVERRIDE_INVALID: ${text}`;
const notValid = (text: string): string => invalid(`The overrides are not valid: ${text}`);
const url = { url: "http://localhost:1" };

function system(host: Host): void {
  const bank = host.addNodeApp("bank", "bank.ts");
  host.addRedis("cache");
  host.addPostgres("pg").addDatabase("orders");
  const api = host.addNodeApp("api", "api.ts").waitFor(bank).withEnvironment("AT", bank.endpoint("http"));
  host.addNodeApp("mute", "mute.ts", { http: false });
  host.addNodeApp("front", "front.ts").waitFor(api);
  host.addNodeApp("friend", "friend.ts").withReference(bank);
  host.addNodeApp("two", "two.ts").withEndpoint({ name: "admin", env: "ADMIN" });
  host.addExecutable("job", "true");
}

function mail(host: Host): void {
  host.addNodeApp("mail", "mail.ts").withArgs("usual");
}

describe("a replacement by something outside the run", () => {
  it.each([
    [{ two: url }, '"two" cannot be replaced so: it has 2 endpoints'],
    [
      { two: { url: { http: "http://localhost:1/v1" } } },
      '"two" cannot be replaced so: "http://localhost:1/v1" has more than scheme, host and port',
    ],
    [
      { two: { url: { web: "http://localhost:1" } } },
      '"two" cannot be replaced so: it has no endpoint "web"',
    ],
    [{ bank: { connectionString: "a" } }, '"bank" cannot be replaced so: it has no connection string'],
    [{ job: url }, '"job" cannot be replaced so: it has no endpoint'],
    [
      { cache: { url: { tcp: "redis://localhost:1" } } },
      '"cache" cannot be replaced so: it has one connection string and no addresses by endpoint',
    ],
    [
      { bank: { url: "localhost" } },
      'The overrides are not valid: "bank" is to be replaced by "localhost", which is no URL',
    ],
    [
      { bank: { url: "http://localhost:1", resource: "two" } as never },
      'The overrides are not valid: "bank" is to be replaced by 2 things',
    ],
    [{ bank: {} as never }, 'The overrides are not valid: "bank" is to be replaced by nothing'],
  ])("has to fit what it replaces: %j", (replace, message) => {
    expect(refusal(system, { replace })).toBe(invalid(message));
  });
});

describe("a replacement by another resource", () => {
  it.each([
    ["bank", "bonk", 'DEXT_RUN_RESOURCE_UNKNOWN: "shop" has no resource "bonk"'],
    ["bonk", "bank", 'DEXT_RUN_RESOURCE_UNKNOWN: "shop" has no resource "bonk"'],
    ["bank", "bank", invalid('"bank" cannot be replaced so: it cannot replace itself')],
    ["bank", "friend", invalid('"bank" cannot be replaced so: "friend" needs it')],
    [
      "bank",
      "mute",
      invalid('"bank" cannot be replaced so: "mute" has no endpoint "http", to which others refer'),
    ],
    ["bank", "front", "DEXT_MODEL_WAIT_CYCLE: These resources wait for each other: bank → api → bank"],
    [
      "cache",
      "bank",
      invalid('"cache" cannot be replaced so: it is of the kind redis, "bank" of the kind node'),
    ],
    [
      "pg",
      "cache",
      invalid('"pg" cannot be replaced so: it is of the kind postgres, "cache" of the kind redis'),
    ],
  ])("has to fit what it replaces: %s by %s", (name, resource, error) => {
    expect(refusal(system, { replace: { [name]: { resource } } })).toBe(error);
  });

  it("is for one place only, and is spoken of by the name of that place", () => {
    const twice = { bank: { resource: "two" }, mute: { resource: "two" } };
    expect(refusal(system, { replace: twice })).toBe(
      invalid('"mute" cannot be replaced so: "two" takes the place of another one already'),
    );
    expect(refusal(system, { replace: { bank: { resource: "two" }, two: { resource: "mute" } } })).toBe(
      invalid('"bank" cannot be replaced so: "two" is replaced too'),
    );
    const replace = { bank: { resource: "two" } };
    const both = (what: string): string =>
      invalid(`"two" is to be run under the name of another one and ${what}`);
    expect(refusal(system, { replace, environment: { two: { A: 1 } } })).toBe(both("given variables"));
    expect(refusal(system, { replace, args: { two: [1] } })).toBe(both("given arguments"));
    expect(refusal(system, { replace, only: ["two"] })).toBe(both("asked for by `only`"));
    expect(refusal(system, { replace, without: ["two"] })).toBe(both("taken out"));
  });

  it("takes over the name in every place, its own included, and when it runs", () => {
    const { model } = override(
      (host) => {
        const cache = host.addRedis("cache").withExplicitStart();
        const kept = host.addRedis("spare").withProfile("test");
        kept.withEnvironment("SELF", kept.connectionString);
        host.addNodeApp("api", "api.ts").withReference(cache).waitFor(cache);
      },
      { replace: { cache: { resource: "spare" } } },
    );
    expect(model.resources.map(({ name }) => name)).toEqual(["cache", "api"]);
    const [cache] = model.resources;
    expect(cache).toMatchObject({ explicitStart: true, profiles: [] });
    expect(JSON.stringify(cache?.connection)).toContain('"parameter":"spare-password"');
    // Only the parameter keeps its name.
    expect(JSON.stringify(model.resources).replaceAll("spare-password", "")).not.toContain('"spare');
    expect(cache?.launchers.map(({ type }) => type)).not.toContain("external");
  });
});

describe("overrides", () => {
  it.each([
    [{ without: ["mail"], replace: { mail: url } }, invalid('"mail" is to be taken out and replaced')],
    [{ without: ["mail"], only: ["mail"] }, invalid('"mail" is to be taken out and asked for by `only`')],
    [
      { without: ["mail"], environment: { mail: { A: 1 } } },
      invalid('"mail" is to be taken out and given variables'),
    ],
    [{ without: ["mail"], args: { mail: [] } }, invalid('"mail" is to be taken out and given arguments')],
    [
      { replace: { mail: url }, args: { mail: ["-v"] } },
      invalid('"mail" is to be replaced by something outside the run and given arguments'),
    ],
    [
      { replace: { mail: url }, environment: { mail: { A: 1 } } },
      invalid('"mail" is to be replaced by something outside the run and given variables'),
    ],
    [{ args: { post: [] } }, 'DEXT_RUN_RESOURCE_UNKNOWN: "shop" has no resource "post"'],
    [{ without: "mail" as never }, notValid("`without` is no list of names")],
    [
      { args: { mail: [{}] as never } },
      notValid('what "mail" is to be given as arguments is no list of text, numbers and booleans'),
    ],
    [
      { environment: { mail: { "A B": 1 } } },
      notValid('"mail" is to be given the variable "A B" of type number'),
    ],
    [{ parameters: { key: 1 as never } }, notValid('the value of parameter "key" is no text')],
    [{ configuration: { "a b": "c" } }, notValid('"a b" is to be configured as a string')],
  ] satisfies [Wanted, string][])("that make no sense are refused: %j", (wanted, error) => {
    expect(refusal(mail, wanted)).toBe(error);
  });

  it("of the configuration give way to those that say more", () => {
    const { configuration } = override(
      (host) => {
        host.addRedis("cache");
        host.addParameter("key");
      },
      {
        configuration: { "Parameters:key": "a", "ConnectionStrings:cache": "b", "Other:Thing": "c" },
        parameters: { key: "d" },
        replace: { cache: { connectionString: "localhost:1" } },
      },
    );
    expect(configuration).toEqual({
      Parameters__key: "d",
      ConnectionStrings__cache: "localhost:1",
      Other__Thing: "c",
    });
  });
});

it("takes out what is optional with all that is said of it, as in a run where it cannot be had", () => {
  const definition = defineConfig({ layers: [object({ a: 1 })] });
  const { model } = override(
    (host) => {
      const vault = host.addVault("vault").withOptional();
      host
        .addNodeApp("api", "api.ts")
        .withReference(vault)
        .waitFor(vault)
        .withEnvironment("AT", vault.property("uri"))
        .withEnvironment("KEPT", "1")
        .withConfiguration(definition, ["a"], { from: [vault] })
        .withConfiguration(definition, ["a"]);
    },
    { without: ["vault"] },
  );
  expect(model.resources.map(({ name }) => name)).toEqual(["api"]);
  expect(model.resources[0]).toMatchObject({ references: [], waits: [], configurations: [{ from: [] }] });
  expect(model.resources[0]?.environment.map(({ name }) => name)).toEqual(["KEPT"]);
});
