import { commit, dextPackageNames, plan, undo } from "@dext/generators";
import type { Answers, ChangePlan } from "@dext/generators";
import { parseSync } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { publicPackages } from "../../../../scripts/packages.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

function files({ operations }: ChangePlan): Map<string, string> {
  return new Map(
    operations.flatMap((each) => (each.kind === "delete" ? [] : [[each.path, each.after.contents] as const])),
  );
}

function json(text: string | undefined): Record<string, unknown> {
  return JSON.parse(text ?? "") as Record<string, unknown>;
}

/** What a parser and a formatter would object to. */
function faultsOf(path: string, text: string): string[] {
  const faults = path.endsWith(".ts") ? parseSync(path, text).errors.map(({ message }) => message) : [];
  // Oxlint's may have comments, which make it an expression of JavaScript.
  if (path === ".oxlintrc.json") faults.push(...parseSync("a.js", `(${text})`).errors.map(String));
  else if (path.endsWith(".json")) json(text);
  if (!/[^\n]\n$/.test(text) || /[ \t]\n|\n{3}/.test(text))
    faults.push("has blanks or lines at a wrong place");
  return faults.map((fault) => `${path}: ${fault}`);
}

describe("the app generator", () => {
  it.each(
    ["node", "deno", "bun"].flatMap((runtime) => [
      ...["api", "worker", "plain"].map((kind) => ({ runtime, kind, openapi: false })),
      { runtime, kind: "api", openapi: true },
    ]),
  )("makes a $kind for $runtime (OpenAPI: $openapi) whose every file parses", async (choices) => {
    const { runtime, kind, openapi } = choices;
    const answers = { name: "shop", runtime, kind, ...(openapi ? { openapi } : {}) };
    const made = files(await plan("app", answers, { target: await targetFolder(), templates }));
    expect([...made].flatMap(([path, text]) => faultsOf(path, text))).toEqual([]);
    const service = { api: "api", worker: "worker", plain: "web" }[kind] ?? "";
    expect([...made.keys()]).toEqual(
      expect.arrayContaining([
        ".github/workflows/ci.yml",
        ".gitignore",
        "README.md",
        "apphost.ts",
        ".oxlintrc.json",
        `services/${service}/src/config.ts`,
        `services/${service}/src/main.ts`,
        `services/${service}/${runtime === "deno" ? "deno.json" : "tsconfig.json"}`,
      ]),
    );
    expect(made.get("apphost.ts")).toContain(
      `.addProject("${service}", "./services/${service}", { entryPoint: "src/main.ts" })`,
    );
    const { scripts, dependencies } = json(made.get(`services/${service}/package.json`));
    expect(scripts).toMatchObject({
      test: { node: "vitest run", deno: "deno test -A", bun: "bun test" }[runtime],
    });
    expect(Object.hasOwn(dependencies as object, "@hono/zod-openapi")).toBe(openapi);
  });

  it.each(["npm", "pnpm", "yarn", "bun"])("checks components, too, with %s", async (packageManager) => {
    const answers = { name: "shop", packageManager };
    const change = await plan("app", answers, { target: await targetFolder(), templates });
    const { scripts } = json(files(change).get("package.json")) as { scripts: Record<string, string> };
    // The others run whatever is a member of the workspace.
    const all = { npm: "--workspaces", pnpm: "--recursive", yarn: "--all", bun: "'./components/*'" };
    expect(scripts["check"]).toContain(all[packageManager as keyof typeof all]);
  });

  it("pins the exact version of the package manager that it is told of, and asks for it after the manager", async () => {
    const target = await targetFolder();
    const asked: unknown[] = [];
    const detected = {
      packageManagerVersion: ({ packageManager }: Answers) => {
        asked.push(packageManager);
        return "12.21.0";
      },
    };
    const answers = { name: "shop", packageManager: "pnpm" };
    const change = await plan("app", answers, { target, templates, detected });
    expect(asked).toEqual(["pnpm"]);
    expect(json(files(change).get("package.json"))).toMatchObject({ packageManager: "pnpm@12.21.0" });
    expect(files(change).get(".github/workflows/ci.yml")).toContain(
      "- run: npm install --global pnpm@12.21.0",
    );
    expect(files(change).get("pnpm-workspace.yaml")).toContain("\npmOnFail: ignore\n");
    await commit(change);
    // An upgrade of the machine is none of the repository.
    detected.packageManagerVersion = () => "13.0.0";
    expect((await plan("app", answers, { target, templates, detected })).operations).toEqual([]);
  });

  it.each(["latest", "^12.0.0", "12"])("refuses to pin %s, which is no exact version", async (version) => {
    const answers = { name: "shop", packageManagerVersion: version };
    await expect(plan("app", answers, { target: await targetFolder(), templates })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
    });
  });

  it.each(["worker", "plain"])("refuses OpenAPI for a %s, which has no routes to describe", async (kind) => {
    const target = await targetFolder();
    const planned = plan("app", { name: "shop", kind, openapi: true }, { target, templates });
    await expect(planned).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWER_INVALID",
      message: "--openapi has no meaning beside the other answers",
    });
    expect(snapshot(target)).toEqual({});
  });

  it.each([
    ["npm", "package.json", '"overrides"'],
    ["yarn", "package.json", '"resolutions"'],
    ["bun", "package.json", '"overrides"'],
    ["pnpm", "pnpm-workspace.yaml", "overrides:"],
  ])("pins the vendored packages in the way of %s", async (packageManager, path, field) => {
    const answers = { name: "shop", packageManager, vendored: true };
    const made = files(await plan("app", answers, { target: await targetFolder(), templates }));
    expect(made.get(path)).toContain(field);
    for (const name of dextPackageNames) expect(made.get(path)).toContain(`"${name}": "file:./vendor/dext/`);
    const pinned = [...made].filter(([, text]) => text.includes("dext-core-"));
    expect(pinned.map(([each]) => each)).toEqual([path]);
  });

  it("pins every package that Dext publishes", async () => {
    const names = (await publicPackages()).map(({ name }) => name);
    expect([...dextPackageNames].toSorted()).toEqual(names.toSorted());
  });

  it.each([
    "",
    "Shop",
    "../out",
    "a/b",
    "-x",
    "x-",
    'a"; process.exit(1)//',
    "$(id)",
    "a\nb",
    "é",
    "a".repeat(64),
  ])("refuses the name %j and plans nothing", async (name) => {
    const target = await targetFolder();
    const planned = plan("app", { name }, { target, templates });
    await expect(planned).rejects.toMatchObject({ code: "DEXT_GENERATE_ANSWER_INVALID" });
    expect(snapshot(target)).toEqual({});
  });

  it("names the flag of what is missing at once", async () => {
    await expect(plan("app", {}, { target: await targetFolder(), templates })).rejects.toMatchObject({
      code: "DEXT_GENERATE_ANSWERS_MISSING",
      details: { flags: ["--name"] },
    });
  });

  it("changes nothing when it runs again, and its undo leaves what was there", async () => {
    const target = await targetFolder({ "notes.txt": "mine\n" });
    const before = snapshot(target);
    await commit(await plan("app", { name: "shop" }, { target, templates }));
    const again = await plan("app", { name: "shop" }, { target, templates });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
    expect(await undo(target)).toMatchObject({ left: [] });
    expect(snapshot(target)).toEqual(before);
  });

  it("refuses to write over a file of somebody else's", async () => {
    const target = await targetFolder({ "package.json": "{}\n" });
    await expect(plan("app", { name: "shop" }, { target, templates })).rejects.toMatchObject({
      code: "DEXT_GENERATE_CONFLICT",
      details: { path: "package.json" },
    });
  });
});
