import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { builtInGenerators, commit, plan, undo } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

/** Answers for each generator that comes with Dext, and whether it needs a repository made by `app`. */
const runs: Readonly<
  Record<string, { answers: Readonly<Record<string, unknown>>; needsApp: boolean; edited: string }>
> = {
  app: { answers: { name: "shop" }, needsApp: false, edited: "apphost.ts" },
  service: { answers: { name: "mail" }, needsApp: true, edited: "services/mail/src/app.ts" },
  component: {
    answers: { name: "billing", to: "api" },
    needsApp: true,
    edited: "components/billing/src/mod.ts",
  },
  resource: {
    answers: { resource: "redis", name: "cache", to: "api" },
    needsApp: true,
    edited: "services/api/src/cache.ts",
  },
  apphost: { answers: {}, needsApp: false, edited: "apphost.ts" },
  generator: { answers: { name: "note" }, needsApp: true, edited: "generators/note.ts" },
  dockerfile: { answers: { path: "services/api" }, needsApp: false, edited: "services/api/Dockerfile" },
  eject: {
    answers: { template: "app/README.md.ejs" },
    needsApp: true,
    edited: "templates/app/README.md.ejs",
  },
};

const names = builtInGenerators.map(({ name }) => name);

describe("running a generator again", () => {
  it("is tried for every generator that comes with Dext", () => {
    expect(names.filter((name) => !Object.hasOwn(runs, name))).toEqual([]);
  });

  it.each(names)("changes nothing: %s", async (name) => {
    const { answers, target } = await repositoryFor(name);
    await commit(await plan(name, answers, { target, templates }));
    const before = snapshot(target);
    const again = await plan(name, answers, { target, templates });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
    expect(snapshot(target)).toEqual(before);
  });

  it.each(names)("keeps what was edited since, while nothing new comes: %s", async (name) => {
    const { answers, target, edited } = await repositoryFor(name);
    await commit(await plan(name, answers, { target, templates }));
    await appendFile(join(target, edited), "// mine\n");
    const before = snapshot(target);
    const again = await plan(name, answers, { target, templates });
    expect(again.operations).toEqual([]);
    expect(again.files).toContainEqual({ path: edited, status: "edited", choice: "keep" });
    await commit(again);
    expect(snapshot(target)).toEqual(before);
  });

  it("with another answer takes away what the earlier one had made, but for what was edited", async () => {
    const { target } = await repositoryFor("service");
    await commit(await plan("service", { name: "mail", runtime: "deno" }, { target, templates }));
    const change = await plan("service", { name: "mail", runtime: "node" }, { target, templates });
    expect(change.operations).toContainEqual(
      expect.objectContaining({ kind: "delete", path: "services/mail/deno.json" }),
    );
    await commit(change);
    await undo(target);
    await appendFile(join(target, "services/mail/deno.json"), "\n");
    const again = await plan("service", { name: "mail", runtime: "node" }, { target, templates });
    expect(again.files).toContainEqual({ path: "services/mail/deno.json", status: "obsolete" });
    expect(again.operations.filter(({ kind }) => kind === "delete")).toEqual([]);
  });
});

async function repositoryFor(
  name: string,
): Promise<{ answers: Readonly<Record<string, unknown>>; target: string; edited: string }> {
  const { answers, needsApp, edited } = runs[name] ?? { answers: {}, needsApp: false, edited: "" };
  const target = await targetFolder();
  if (needsApp) await commit(await plan("app", { name: "shop" }, { target, templates }));
  if (name === "apphost" || name === "dockerfile") {
    const path = join(target, "services/api/package.json");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{ "name": "api", "scripts": { "start": "node server.js" } }');
    await writeFile(join(dirname(path), "server.js"), "require('node:http').createServer().listen(3000);\n");
  }
  return { answers, target, edited };
}
