import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import type { SeedContext } from "../../../../hosting/src/model/resource-model.ts";
import { addConsul } from "../../../../hosting/src/resources/add-consul.ts";
import { addVault } from "../../../../hosting/src/resources/add-vault.ts";
import { startConsulServer } from "../../../fixtures/consul/consul-server.ts";
import type { ConsulServer } from "../../../fixtures/consul/consul-server.ts";
import { startVaultServer } from "../../../fixtures/vault/vault-server.ts";
import type { VaultServer } from "../../../fixtures/vault/vault-server.ts";

let directory: string;
let lines: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-seed-"));
  lines = [];
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const parameters: Record<string, string> = { key: "of-the-parameter" };

/** Runs the seeds of the one server of a model against one that is there. */
async function fill(
  host: ModelBuilder,
  {
    address,
    token = "",
    launcher = "process",
  }: { address: string; token?: string; launcher?: SeedContext["launcher"] },
): Promise<void> {
  const [server] = host.build().resources;
  for (const seed of server?.seeds ?? []) {
    await seed.run({
      resource: server?.name ?? "",
      launcher,
      signal: AbortSignal.timeout(5_000),
      endpoint: () => ({ host: "127.0.0.1", port: 1, url: address }),
      property: (name) => (name === "token" ? token : ""),
      resolve: (value) =>
        typeof value === "object" && "name" in value
          ? (parameters[String(value.name)] ?? "")
          : JSON.stringify(value),
      write: (text) => lines.push(text),
    });
  }
}

describe("withKeyValues", () => {
  let consul: ConsulServer;
  beforeEach(async () => {
    consul = await startConsulServer({ acl: true });
  });
  afterEach(() => consul.close());

  const reach = (): { address: string; token: string } => ({
    address: consul.address,
    token: consul.token ?? "",
  });
  async function read(key: string): Promise<string> {
    const response = await fetch(`${consul.address}/v1/kv/${key}?raw`, {
      headers: { "x-consul-token": consul.token ?? "" },
    });
    return response.ok ? response.text() : `(${response.status})`;
  }

  it("writes text as it stands, objects as JSON, parameters in both, and keeps odd keys", async () => {
    const host = new ModelBuilder({ directory });
    const key = host.addParameter("key", { default: "x" });
    addConsul(host, "settings").withKeyValues({
      "shop/greeting": "hello",
      "shop/api": { key, retries: 3, hosts: ["a", key], none: null },
      "shop/key": key,
      "shop/on": true,
      "shop/ä b?#": "odd",
      "/shop/rooted": "r",
    });
    await fill(host, reach());
    expect(await read("shop/greeting")).toBe("hello");
    expect(JSON.parse(await read("shop/api"))).toEqual({
      key: "of-the-parameter",
      retries: 3,
      hosts: ["a", "of-the-parameter"],
      none: null,
    });
    expect(await read("shop/key")).toBe("of-the-parameter");
    expect(await read("shop/on")).toBe("true");
    expect(await read(`shop/${encodeURIComponent("ä b?#")}`)).toBe("odd");
    expect(await read("shop/rooted")).toBe("r");
    expect(lines).toEqual(["filled with 6 keys"]);
  });

  it("leaves keys that are there as they are, unless it is to overwrite, and writes nothing that is the same", async () => {
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings").withKeyValues({ a: "1", b: "2" });
    consul.store().put("a", Buffer.from("mine"));
    await fill(host, reach());
    expect([await read("a"), await read("b")]).toEqual(["mine", "2"]);
    await fill(host, reach());
    const over = new ModelBuilder({ directory });
    addConsul(over, "settings").withKeyValues({ a: "1", b: "2" }, { overwrite: true });
    await fill(over, reach());
    expect([await read("a"), await read("b")]).toEqual(["1", "2"]);
    expect(lines).toEqual([
      "filled with 1 key, 1 left as they are",
      "filled with 0 keys, 2 left as they are",
      "filled with 1 key, 1 left as they are",
    ]);
  });

  it("reads a folder with a file for each key, an object, and what consul kv export prints", async () => {
    await mkdir(join(directory, "seed/shop"), { recursive: true });
    await writeFile(join(directory, "seed/shop/greeting"), "hello");
    await writeFile(join(directory, "seed/.DS_Store"), "x");
    await writeFile(join(directory, "keys.json"), '{ "from/object": { "a": 1 } }');
    const exported = [{ key: "from/export", flags: 0, value: Buffer.from("ex").toString("base64") }];
    await writeFile(join(directory, "export.json"), JSON.stringify(exported));
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings").withKeyValues("seed").withKeyValues("keys.json").withKeyValues("export.json");
    await fill(host, reach());
    expect(await read("shop/greeting")).toBe("hello");
    expect(await read("from/object")).toBe('{"a":1}');
    expect(await read("from/export")).toBe("ex");
    expect(await read(".DS_Store")).toBe("(404)");
  });

  it("writes what is no text as it is, and reads files that begin with a mark of their encoding", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x80]);
    await mkdir(join(directory, "seed"));
    await writeFile(join(directory, "seed/key.der"), bytes);
    await writeFile(join(directory, "seed/marked"), "\uFEFFtext");
    const exported = [{ key: "exported", flags: 0, value: bytes.toString("base64") }];
    await writeFile(join(directory, "export.json"), `\uFEFF${JSON.stringify(exported)}`);
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings")
      .withKeyValues("seed", { overwrite: true })
      .withKeyValues("export.json", { overwrite: true });
    await fill(host, reach());
    const kept = ["key.der", "exported", "marked"].map((key) => consul.store().get(key)?.value);
    expect(kept).toEqual([bytes, bytes, Buffer.from("\uFEFFtext")]);
    await fill(host, reach());
    expect(lines.slice(2)).toEqual([
      "filled with 0 keys, 2 left as they are",
      "filled with 0 keys, 1 left as they are",
    ]);
  });

  it.each([
    ["nowhere", /is to be filled from ".*nowhere", and cannot: it is not there/],
    ["text.json", /is to be filled from ".*text\.json", and cannot: .*JSON/],
    ["number.json", /it is neither an object of keys nor a list of them/],
  ])("refuses %s", async (path, message) => {
    await writeFile(join(directory, "text.json"), "{ a");
    await writeFile(join(directory, "number.json"), "7");
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings").withKeyValues(path);
    await expect(fill(host, reach())).rejects.toMatchObject({
      code: "DEXT_LAUNCH_INIT_FILES_INVALID",
      message: expect.stringMatching(message) as string,
    });
  });

  it("fails with the key, the status and Consul's words, and without the token", async () => {
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings").withKeyValues({ "shop/a": "1" });
    const failure = await fill(host, { address: consul.address, token: "no-such-token" }).catch(
      (error: unknown) => error as Error & { code: string; hint: string },
    );
    expect(failure).toMatchObject({
      code: "DEXT_LAUNCH_SEED_FAILED",
      message: expect.stringMatching(
        /^"settings" could not be filled with the key "shop\/a": 403 .*\S/,
      ) as string,
    });
    expect(JSON.stringify(failure) + String(failure?.message)).not.toContain("no-such-token");
  });

  it("tries again while there is no leader", async () => {
    const host = new ModelBuilder({ directory });
    addConsul(host, "settings").withKeyValues({ a: "1" });
    consul.inject({ fault: { kind: "status", status: 500, body: "No cluster leader" }, times: 2 });
    await fill(host, reach());
    expect(await read("a")).toBe("1");
  });
});

describe("withSecrets", () => {
  let vault: VaultServer;
  beforeEach(async () => {
    vault = await startVaultServer();
  });
  afterEach(() => vault.close());

  const reach = (): { address: string; token: string } => ({
    address: vault.address,
    token: vault.rootToken,
  });

  it("writes secrets to version 2 and version 1, wherever the engine is mounted", async () => {
    await vault.administer("POST", "sys/mounts/team/kv", { type: "kv", options: { version: "1" } });
    const host = new ModelBuilder({ directory });
    const key = host.addParameter("key", { default: "x" });
    addVault(host, "vault").withSecrets({
      "secret/shop/api": { password: key, port: 5432, nested: { a: [1] } },
      "team/kv/api": { password: key },
    });
    await fill(host, reach());
    const versioned = await vault.administer("GET", "secret/data/shop/api");
    expect(versioned.data?.["data"]).toEqual({
      password: "of-the-parameter",
      port: 5432,
      nested: { a: [1] },
    });
    expect((await vault.administer("GET", "team/kv/api")).data).toEqual({ password: "of-the-parameter" });
    expect(lines).toEqual(["filled with 2 secrets"]);
  });

  it("leaves secrets that are there as they are, unless it is to overwrite, and makes no version of the same", async () => {
    await vault.administer("POST", "sys/mounts/old", { type: "kv", options: { version: "1" } });
    await vault.administer("POST", "secret/data/a", { data: { x: "mine" } });
    await vault.administer("POST", "old/a", { x: "mine" });
    const seeds = { "secret/a": { x: "1" }, "old/a": { x: "1" } };
    const host = new ModelBuilder({ directory });
    addVault(host, "vault").withSecrets(seeds);
    await fill(host, reach());
    expect((await vault.administer("GET", "secret/data/a")).data?.["data"]).toEqual({ x: "mine" });
    expect((await vault.administer("GET", "old/a")).data).toEqual({ x: "mine" });
    const over = new ModelBuilder({ directory });
    addVault(over, "vault").withSecrets(seeds, { overwrite: true });
    await fill(over, reach());
    await fill(over, reach());
    const { data } = await vault.administer("GET", "secret/data/a");
    expect(data).toMatchObject({ data: { x: "1" }, metadata: { version: 2 } });
    expect((await vault.administer("GET", "old/a")).data).toEqual({ x: "1" });
    expect(lines).toEqual([
      "filled with 0 secrets, 2 left as they are",
      "filled with 2 secrets",
      "filled with 0 secrets, 2 left as they are",
    ]);
  });

  it("takes fields for the same in whatever order they come, as Vault sorts them", async () => {
    await vault.administer("POST", "secret/data/a", {
      data: { deep: { a: [{ c: 1, d: 2 }], b: 2 }, x: "1" },
    });
    const host = new ModelBuilder({ directory });
    const secrets = { "/secret/a/": { x: "1", deep: { b: 2, a: [{ d: 2, c: 1 }] } } };
    addVault(host, "vault").withSecrets(secrets, { overwrite: true });
    await fill(host, reach());
    expect(lines).toEqual(["filled with 0 secrets, 1 left as they are"]);
  });

  it("refuses a path that is not below the mount that is to be made", async () => {
    const host = new ModelBuilder({ directory });
    addVault(host, "vault").withSecrets({ "billing/api/key": { x: "1" } }, { mount: "team/kv" });
    await expect(fill(host, reach())).rejects.toMatchObject({
      code: "DEXT_LAUNCH_SEED_FAILED",
      message: expect.stringMatching(/"billing\/api\/key": .* not below "team\/kv"/) as string,
      hint: 'Write the path with its mount: "team/kv/…".',
    });
  });

  it("mounts an engine that is not there, but never in a Vault that is somebody else's", async () => {
    const host = new ModelBuilder({ directory });
    addVault(host, "vault")
      .withSecrets({ "kv/a": { x: "1" } })
      .withSecrets({ "team/b/c": { y: "2" } }, { mount: "team/b" });
    await expect(fill(host, { ...reach(), launcher: "external" })).rejects.toMatchObject({
      code: "DEXT_LAUNCH_SEED_FAILED",
      message: expect.stringMatching(
        /^"vault" could not be filled with the secret "kv\/a": 4\d\d /,
      ) as string,
      hint: expect.stringMatching(/mounts engines only in a Vault that it has started/) as string,
    });
    await fill(host, reach());
    expect((await vault.administer("GET", "kv/data/a")).data?.["data"]).toEqual({ x: "1" });
    expect((await vault.administer("GET", "team/b/data/c")).data?.["data"]).toEqual({ y: "2" });
    expect(lines).toContain('mounted kv version 2 at "team/b"');
  });

  it("fails with the path, the status and Vault's words, and without the token", async () => {
    const host = new ModelBuilder({ directory });
    addVault(host, "vault").withSecrets({ "secret/a": { x: "1" } });
    const failure = await fill(host, { address: vault.address, token: "no-such-token" }).catch(
      (error: unknown) => error as Error,
    );
    expect(failure).toMatchObject({ code: "DEXT_LAUNCH_SEED_FAILED" });
    expect(failure?.message).toMatch(/"vault" could not be filled with .*: 403 .*permission denied/);
    expect(JSON.stringify(failure) + String(failure?.message)).not.toContain("no-such-token");
  });

  it("says so when a server does not answer", async () => {
    const host = new ModelBuilder({ directory });
    addVault(host, "vault").withSecrets({ "secret/a": { x: "1" } });
    await expect(fill(host, { address: "http://127.0.0.1:9", token: "t" })).rejects.toThrow(
      /could not be filled with the secret "secret\/a": /,
    );
  });
});
