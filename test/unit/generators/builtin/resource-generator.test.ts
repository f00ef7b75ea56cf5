import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, plan, resourceKinds, undo } from "@dext/generators";
import { createBuilder } from "@dext/hosting";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

async function appFolder(): Promise<string> {
  const target = await targetFolder();
  await commit(await plan("app", { name: "shop" }, { target, templates }));
  return target;
}

describe("the resource generator", () => {
  it.each(Object.entries(resourceKinds))(
    "adds %s by a method that an AppHost has",
    async (resource, kind) => {
      const target = await appFolder();
      const change = await plan("resource", { resource, name: kind.usualName }, { target, templates });
      expect(change.operations.map(({ path }) => path)).toEqual(["apphost.ts"]);
      await commit(change);
      const text = await readFile(join(target, "apphost.ts"), "utf8");
      expect(text).toContain(`\nconst ${kind.usualName} = host.${kind.method}("${kind.usualName}");\n`);
      expect(createBuilder()).toHaveProperty(kind.method);
    },
  );

  it.each([
    ["redis", "ORDER_STORE_URI"],
    ["postgres", "ORDER_STORE_URI"],
    ["rabbitmq", "ORDER_STORE_URI"],
    ["kafka", "ConnectionStrings__order_store"],
  ])("gives a service the client of %s and a file that connects by %s", async (resource, variable) => {
    const target = await appFolder();
    const change = await plan(
      "resource",
      { resource, name: "order-store", to: "api" },
      { target, templates },
    );
    await commit(change);
    const text = await readFile(join(target, "services/api/src/order-store.ts"), "utf8");
    expect(parseSync("order-store.ts", text).errors).toEqual([]);
    expect(text).toMatch(/connectOrderStore\(\s*service: Service/);
    expect(text).toContain(`process.env["${variable}"]`);
    const manifest = JSON.parse(await readFile(join(target, "services/api/package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({ dependencies: resourceKinds[resource]?.client?.dependencies });
    expect(await readFile(join(target, "apphost.ts"), "utf8")).toContain(
      "\n  .withReference(orderStore)\n  .waitFor(orderStore);\n",
    );
    expect(change.followUps).toContainEqual({ kind: "install", directory: ".", packageManager: "npm" });
  });

  it.each([
    [
      "consul",
      'consul({ prefix: "api/", connection: "order-config", optional: true })',
      { consul: "^2.0.1" },
    ],
    [
      "vault",
      'vault({ path: "secret/api", connection: "order-config", optional: true })',
      { "node-vault": "^0.12.0" },
    ],
  ])("has the configuration of a service read %s, once", async (resource, layer, dependencies) => {
    const target = await appFolder();
    const answers = { resource, name: "order-config", to: "api" };
    await commit(await plan("resource", answers, { target, templates }));
    const text = await readFile(join(target, "services/api/src/config.ts"), "utf8");
    expect(text).toContain(`\n    file("config.yaml", { optional: true }),\n    ${layer},\n    dotenv(),\n`);
    expect(text).toMatch(new RegExp(`^import \\{ .*\\b${resource}\\b.* \\} from "@dext/providers";$`, "m"));
    const manifest = JSON.parse(await readFile(join(target, "services/api/package.json"), "utf8")) as object;
    expect(manifest).toMatchObject({ dependencies });
    expect((await plan("resource", answers, { target, templates })).operations).toEqual([]);
  });

  it("says which layer to add where the configuration is too unusual, and leaves it alone", async () => {
    const target = await appFolder();
    await writeFile(join(target, "services/api/src/config.ts"), "export const definition = load();\n");
    const change = await plan(
      "resource",
      { resource: "consul", name: "consul", to: "api" },
      { target, templates },
    );
    expect(change.operations.map(({ path }) => path)).toEqual(["apphost.ts"]);
    expect(change.followUps).toContainEqual({
      kind: "next-step",
      text: expect.stringContaining('by the layer consul({ prefix: "api/", connection: "consul"') as unknown,
    });
  });

  it("changes nothing when it runs again, and gives another service what the first one has", async () => {
    const target = await appFolder();
    await commit(await plan("service", { name: "mail" }, { target, templates }));
    const answers = { resource: "redis", name: "cache", to: "api" };
    await commit(await plan("resource", answers, { target, templates }));
    expect((await plan("resource", answers, { target, templates })).operations).toEqual([]);
    const other = await plan("resource", { ...answers, to: "mail" }, { target, templates });
    expect(other.operations.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "modify apphost.ts",
      "modify services/mail/package.json",
      "create services/mail/src/cache.ts",
    ]);
  });

  it("refuses a name that a resource of another kind has, whose client it would replace", async () => {
    const target = await appFolder();
    await commit(
      await plan("resource", { resource: "redis", name: "store", to: "api" }, { target, templates }),
    );
    const other = plan("resource", { resource: "postgres", name: "store", to: "api" }, { target, templates });
    await expect(other).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
      message: '"store" is a resource of the AppHost already, Redis, wanted PostgreSQL',
      hint: expect.stringContaining("--name") as unknown,
    });
  });

  it.each(["main", "app", "config"])(
    "refuses the name %s, whose client would replace a file of the service",
    async (name) => {
      const target = await appFolder();
      await expect(
        plan("resource", { resource: "redis", name, to: "api" }, { target, templates }),
      ).rejects.toMatchObject({
        code: "DEXT_GENERATE_ANSWER_INVALID",
        details: { name, file: `services/api/src/${name}.ts` },
      });
      const consul = await plan("resource", { resource: "consul", name, to: "api" }, { target, templates });
      expect(consul.operations.map(({ path }) => path)).toContain("services/api/src/config.ts");
    },
  );

  it("takes such a name where the service has no such file, also a second time", async () => {
    const target = await appFolder();
    const answers = { resource: "redis", name: "work", to: "api" };
    await commit(await plan("resource", answers, { target, templates }));
    expect((await plan("resource", answers, { target, templates })).operations).toEqual([]);
  });

  it("tells two resources apart whose names and services look alike when put together", async () => {
    const target = await appFolder();
    for (const name of ["api-web", "web"])
      await commit(await plan("service", { name }, { target, templates }));
    for (const [name, to] of [
      ["cache", "api-web"],
      ["cache-api", "web"],
    ]) {
      await commit(await plan("resource", { resource: "redis", name, to }, { target, templates }));
    }
    const files = Object.keys(snapshot(target)).filter((path) => /\/cache.*\.ts$/.test(path));
    expect(files).toEqual(["services/api-web/src/cache.ts", "services/web/src/cache-api.ts"]);
    const alone = { resource: "redis", name: "cache-api-web" };
    expect((await plan("resource", alone, { target, templates })).records[0]?.answers).toEqual(alone);
  });

  it.each(["resource", "component"])(
    "and that of a %s serve a project that is the root itself",
    async (made) => {
      const code = 'const host = createBuilder();\nhost.addProject("one", ".");\nawait host.run();\n';
      const manifest = '{ "name": "one", "type": "module" }\n';
      const target = await targetFolder({ "apphost.ts": code, "package.json": manifest, "src/main.ts": "" });
      const answers =
        made === "resource"
          ? { resource: "redis", name: "cache", to: "one" }
          : { name: "billing", to: "one", runtime: "node" };
      const { operations } = await plan(made, answers, { target, templates });
      const changed = operations.map(({ path }) => path);
      expect(changed).toContain("package.json");
      expect(changed).toContain(made === "resource" ? "src/cache.ts" : "components/billing/package.json");
    },
  );

  it("keeps the version of a client that is there, and is taken back bit by bit", async () => {
    const target = await appFolder();
    const path = join(target, "services/api/package.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"zod"', '"redis": "^5.0.0",\n    "zod"'));
    const before = snapshot(target);
    await commit(
      await plan("resource", { resource: "redis", name: "cache", to: "api" }, { target, templates }),
    );
    expect(await readFile(path, "utf8")).toContain('"redis": "^5.0.0"');
    await undo(target);
    expect({ ...snapshot(target), ".dext/undo.json": "" }).toEqual({ ...before, ".dext/undo.json": "" });
  });

  it.each(["nobody", "../api", "a b", 'x"'])(
    "refuses a service %j that the AppHost does not have",
    async (to) => {
      const target = await appFolder();
      const planned = plan("resource", { resource: "redis", name: "cache", to }, { target, templates });
      await expect(planned).rejects.toMatchObject({ code: "DEXT_GENERATE_ANSWER_INVALID" });
    },
  );

  it.each([
    ["does not parse", "const = ;\n"],
    ["computes the folder", 'const api = host.addProject("api", folderOf("api"));\n'],
    ["adds it in a block", 'if (full) { host.addProject("api", "./services/api"); }\n'],
  ])("finds a service in its usual folder where the AppHost %s", async (_, odd) => {
    const target = await appFolder();
    await writeFile(join(target, "apphost.ts"), `const host = createBuilder();\n${odd}await host.run();\n`);
    const answers = { resource: "redis", name: "cache", to: "api" };
    const change = await plan("resource", answers, { target, templates });
    expect(change.operations).toContainEqual(
      expect.objectContaining({ kind: "create", path: "services/api/src/cache.ts" }),
    );
    const isPasted = change.followUps.some(
      (step) => step.kind === "next-step" && step.text.includes("api.withReference(cache).waitFor(cache);"),
    );
    const isEdited = change.operations.some(({ path }) => path === "apphost.ts");
    expect({ isPasted, isEdited }).toEqual({ isPasted: !odd.startsWith("const api"), isEdited: !isPasted });
  });

  it("asks for the service by naming those that there are, and refuses others at once", async () => {
    const target = await appFolder();
    const said: unknown[] = [];
    await plan(
      "resource",
      { resource: "redis", name: "cache" },
      {
        target,
        templates,
        ask({ message, validate }) {
          said.push(message, validate("api"), validate(""), validate("nobody"));
          return Promise.resolve("");
        },
      },
    );
    expect(said).toEqual([
      "Which service uses it? (api; none if empty)",
      undefined,
      undefined,
      'but the AppHost has no project "nobody". It has "api".',
    ]);
  });

  it("finds the folder of a service that the AppHost runs by its script", async () => {
    const target = await appFolder();
    const appHost = join(target, "apphost.ts");
    const now = await readFile(appHost, "utf8");
    const script = now.replace(/\.addProject\([^)]*\)/, '.addNodeApp("api", "./services/api/src/main.ts")');
    expect(script).not.toBe(now);
    await writeFile(appHost, script);
    const change = await plan(
      "resource",
      { resource: "redis", name: "cache", to: "api" },
      { target, templates },
    );
    expect(change.operations.map(({ path }) => path)).toContain("services/api/src/cache.ts");
  });

  it("tells why it does not find a service where the AppHost does not parse", async () => {
    const target = await appFolder();
    await writeFile(join(target, "apphost.ts"), "const = ;\n");
    const answers = { resource: "redis", name: "cache", to: "mail" };
    await expect(plan("resource", answers, { target, templates })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
      message: expect.stringContaining(
        'but the AppHost does not tell where "mail" is: it does not parse: Unexpected token.',
      ) as unknown,
    });
  });
});
