import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { commit, plan, planUpdate, undo } from "@dext/generators";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

async function appFolder(answers: object = {}): Promise<string> {
  const target = await targetFolder();
  await commit(await plan("app", { name: "shop", ...answers }, { target, templates }));
  return target;
}

async function read(target: string, path: string): Promise<string> {
  return readFile(join(target, path), "utf8");
}

async function json(target: string, path: string): Promise<unknown> {
  return JSON.parse(await read(target, path)) as unknown;
}

describe("the component generator", () => {
  it.each(["node", "deno", "bun"].flatMap((runtime) => ["http", "plain"].map((kind) => ({ runtime, kind }))))(
    "makes a library of kind $kind, tested on $runtime, whose every file parses",
    async ({ runtime, kind }) => {
      const target = await appFolder();
      const change = await plan("component", { name: "tax-office", runtime, kind }, { target, templates });
      const made = change.operations.flatMap((each) => (each.kind === "create" ? [each] : []));
      for (const { path, after } of made.filter((each) => each.path.endsWith(".ts"))) {
        expect(parseSync(path, after.contents).errors).toEqual([]);
      }
      expect(made.map(({ path }) => path.replace("components/tax-office/", "")).toSorted()).toEqual(
        [
          "package.json",
          runtime === "deno" ? "deno.json" : "tsconfig.json",
          ...(kind === "plain" ? ["src/line-connection.ts"] : []),
          "src/mod.ts",
          "src/observed.ts",
          "test/local-server.ts",
          "test/tax-office.test.ts",
        ].toSorted(),
      );
      const module = made.find(({ path }) => path.endsWith("src/mod.ts"))?.after.contents;
      expect(module).toContain("export function connectTaxOffice(");
      expect(change.followUps).toContainEqual({
        kind: "next-step",
        text: 'in a service that depends on it: import { connectTaxOffice } from "@shop/tax-office"; const taxOffice = connectTaxOffice(service);',
      });
    },
  );

  it.each(["node", "deno", "bun"])(
    "asks nobody what runs its tests when it is for a service on %s",
    async (runtime) => {
      const target = await appFolder({ runtime, packageManagerVersion: "11.19.0" });
      const asked: string[] = [];
      const change = await plan(
        "component",
        { name: "tax", to: "api", kind: "plain" },
        {
          target,
          templates,
          ask({ name, initial }) {
            asked.push(name);
            return Promise.resolve(initial);
          },
        },
      );
      expect(asked).toEqual([]);
      expect(change.records[0]?.answers).toMatchObject({ runtime });
    },
  );

  it.each([
    ["npm", "0.1.0"],
    ["pnpm", "workspace:*"],
    ["yarn", "workspace:*"],
    ["bun", "workspace:*"],
  ])(
    "becomes a dependency of a service as %s finds it, and a resource of the AppHost",
    async (...[manager, version]) => {
      const target = await appFolder({ packageManager: manager });
      const answers = { name: "billing", to: "api", url: "https://billing.example.com/" };
      const change = await plan("component", answers, { target, templates });
      expect(change.records[0]?.answers).toMatchObject({ packageManager: manager });
      await commit(change);
      expect(await json(target, "services/api/package.json")).toMatchObject({
        dependencies: { "@shop/billing": version },
      });
      expect(await read(target, "apphost.ts")).toContain(
        '\nconst billing = host.addExternalService("billing", "https://billing.example.com");\n\nconst api = host\n',
      );
    },
  );

  it.each(["item", "service", "http-resilience", "line-connection", "promise", "record"])(
    "called %s takes the name of nothing else in its files",
    async (name) => {
      const target = await appFolder();
      for (const kind of ["http", "plain"]) {
        const change = await plan("component", { name, kind }, { target, templates });
        const module = change.operations.find(({ path }) => path === `components/${name}/src/mod.ts`);
        const code = module?.kind === "create" ? module.after.contents : "";
        const names = [...code.matchAll(/(?:interface|type|class) (\w+)|import type \{ ([^}]*) \}/g)].flatMap(
          ([, declared, imported = ""]) => declared ?? imported.split(", "),
        );
        expect(names.length).toBeGreaterThan(2);
        expect([...new Set([...names, "Promise", "Record", "LineConnection"])]).toHaveLength(
          names.length + 3,
        );
      }
    },
  );

  it("tells a connection's address by a connection string", async () => {
    const target = await appFolder();
    await commit(
      await plan("component", { name: "ledger", kind: "plain", to: "api" }, { target, templates }),
    );
    expect(await read(target, "apphost.ts")).toContain(
      '\nconst ledger = host.addConnectionString("ledger");\n',
    );
    expect(await read(target, "components/ledger/src/mod.ts")).toContain(
      'process.env["ConnectionStrings__ledger"]',
    );
  });

  it("is given to another service by a second run, changes nothing by a third, and is brought up to date", async () => {
    const target = await appFolder();
    await commit(await plan("service", { name: "mail", runtime: "deno" }, { target, templates }));
    const answers = { name: "billing", url: "https://billing.example.com" };
    await commit(await plan("component", { ...answers, to: "api" }, { target, templates }));
    const second = await plan("component", { ...answers, to: "mail" }, { target, templates });
    expect(second.operations.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "modify apphost.ts",
      "modify services/mail/package.json",
    ]);
    await commit(second);
    expect((await plan("component", { name: "billing" }, { target, templates })).operations).toEqual([]);
    expect((await planUpdate(undefined, { target, templates })).operations).toEqual([]);
  });

  it("is taken back bit by bit", async () => {
    const target = await appFolder();
    const before = snapshot(target);
    await commit(await plan("component", { name: "billing", to: "api" }, { target, templates }));
    await undo(target);
    expect({ ...snapshot(target), ".dext/undo.json": "" }).toEqual({ ...before, ".dext/undo.json": "" });
  });

  it("joins the workspace of a repository that Dext has not made", async () => {
    const target = await targetFolder({
      "package.json": '{ "name": "@acme/root", "workspaces": ["packages/*"] }\n',
    });
    await commit(await plan("component", { name: "billing" }, { target, templates }));
    expect(await json(target, "package.json")).toMatchObject({ workspaces: ["packages/*", "components/*"] });
    expect(await json(target, "components/billing/package.json")).toMatchObject({ name: "@acme/billing" });
  });

  it.each([
    "billing.example.com",
    "ftp://a.b",
    "https://a.b/path",
    'https://a.b/"); process.exit(1)//',
    "https://u:p@a.b",
  ])("refuses the URL %j", async (url) => {
    const target = await appFolder();
    const planned = plan("component", { name: "billing", url }, { target, templates });
    await expect(planned).rejects.toMatchObject({ code: "DEXT_GENERATE_ANSWER_INVALID" });
  });

  it("refuses a service that the AppHost does not have, and makes nothing", async () => {
    const target = await appFolder();
    const before = snapshot(target);
    const planned = plan("component", { name: "billing", to: "nobody" }, { target, templates });
    await expect(planned).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
      message: '--to is "nobody", but the AppHost has no project "nobody". It has "api".',
    });
    expect(snapshot(target)).toEqual(before);
  });
});
