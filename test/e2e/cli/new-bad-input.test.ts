import { execFile, execFileSync } from "node:child_process";
import { symlinkSync, unlinkSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { PlanBuilder } from "@dext/generators";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext, endLeftDexts } from "../../fixtures/cli/dext-process.ts";
import { snapshot } from "../../fixtures/generators/target-folder.ts";

afterEach(endLeftDexts);
vi.setConfig({ testTimeout: 60_000 });

const generators = `import { defineGenerator } from "@dext/generators";
const prompts = [{ name: "name", type: "text", message: "Its name" }];
export default [
  defineGenerator({
    name: "page",
    description: "A page, listed with the others",
    prompts,
    actions: ({ answers }) => [
      { type: "add", path: \`pages/\${answers.name}.md\`, template: "page.md.ejs" },
      { type: "append", path: "list.txt", template: "line.ejs" },
    ],
  }),
  defineGenerator({
    name: "half",
    description: "Fails half-way",
    plan(draft) {
      draft.add({ path: "first.txt", text: "first" });
      throw new TypeError("no second file");
    },
  }),
];
`;
const files = {
  "apphost.ts":
    'import { createBuilder } from "@dext/hosting";\n\nconst host = createBuilder();\n\nawait host.run();\n',
  "dext.generators.ts": generators,
  "templates/page.md.ejs": "# <%= md(name) %>\n",
  "templates/line.ejs": "- <%= word(name) %>\n",
  "list.txt": "Pages\n",
};

/** A refusal that says what it should, and leaves everything as it is. */
const refused = { stdout: "", lacks: [], changes: false };

describe("dext new with something in its way", () => {
  it.each<[string, readonly string[], number, readonly string[]]>([
    [
      "a name that is none",
      ["service", "Two Words"],
      2,
      ["DEXT_GENERATE_ANSWER_INVALID", "lower-case letters"],
    ],
    ["a name that leads out", ["page", "../../up"], 3, ["DEXT_GENERATE_PATH_INVALID", '".."']],
    [
      "a name that another system does not take",
      ["page", "con"],
      3,
      ["DEXT_GENERATE_PATH_INVALID", "Windows"],
    ],
    ["a generator that throws half-way", ["half"], 3, ["DEXT_GENERATE_GENERATOR_FAILED", "no second file"]],
  ])("refuses %s, and changes nothing", async (_, args, code, texts) => {
    const folder = await repositoryWith();
    expect(await refusalOf(folder, { args, texts })).toEqual({ ...refused, code });
  });

  it("refuses to write over what somebody has written, and takes what --on-conflict says", async () => {
    const folder = await repositoryWith({ "pages/home.md": "mine\n" });
    const texts = ["DEXT_GENERATE_CONFLICT", '"pages/home.md"', "--on-conflict"];
    expect(await refusalOf(folder, { args: ["page", "home"], texts })).toEqual({ ...refused, code: 3 });
    const kept = await dext(["new", "page", "home", "--on-conflict", "keep"], { folder });
    expect(kept).toMatchObject({ code: 0, stdout: "~ list.txt\n= pages/home.md kept\n" });
    expect(await readFile(join(folder.path, "pages/home.md"), "utf8")).toBe("mine\n");
  });

  it("refuses a folder of the repository that is a link, also to a place within", async () => {
    const folder = await repositoryWith();
    await mkdir(join(folder.path, "elsewhere"));
    await symlink(join(folder.path, "elsewhere"), join(folder.path, "pages"));
    expect(
      await refusalOf(folder, { args: ["page", "home"], texts: ["DEXT_GENERATE_SYMLINK", '"pages"'] }),
    ).toEqual({ ...refused, code: 3 });
  });

  it("refuses an app where a file has its name", async () => {
    const folder = await repositoryWith({ shop: "a file" });
    expect(
      await refusalOf(folder, {
        args: ["app", "shop", "--yes"],
        texts: ["DEXT_GENERATE_NOT_A_FILE", 'shop" must be a folder'],
      }),
    ).toEqual({ ...refused, code: 3 });
  });

  it.each([
    ["that does not parse", "const host = createBuilder(;\n", "it does not parse"],
    ["without a builder", "export default 1;\n", "no constant at the top holds"],
  ])(
    "makes a service beside an AppHost %s, leaves it alone, and tells what to paste",
    async (_, text, reason) => {
      const folder = await repositoryWith({ "apphost.ts": text });
      const made = await dext(["new", "service", "mail", "--yes", "--no-install"], { folder });
      expect(made).toMatchObject({ code: 0, stderr: "" });
      expect(made.stdout).toContain("+ services/mail/src/main.ts\n");
      expect(made.stdout).toContain(reason);
      expect(made.stdout).toContain('addProject("mail", "./services/mail"');
      expect(await readFile(join(folder.path, "apphost.ts"), "utf8")).toBe(text);
    },
  );

  it("tells what to paste also where the install fails", async () => {
    const folder = await repositoryWith({ "apphost.ts": "export default 1;\n" });
    const env = { PATH: join(folder.path, "none") };
    const { code, stdout, stderr } = await dext(["new", "service", "mail", "--yes"], { folder, env });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringContaining("DEXT_CLI_FOLLOW_UP_FAILED: npm is not on the PATH") as unknown,
    });
    expect(stdout).toContain('addProject("mail", "./services/mail"');
  });

  it.each([
    ["that does not compile", "# Page\n<% if ( { %>\n", "templates/page.md.ejs:2"],
    ["that pastes a value as it is", "# Page\n\n<%= name %>\n", "templates/page.md.ejs:3"],
    ["that asks for what there is not", "<%= js(title) %>\n", "templates/page.md.ejs:1"],
  ])("tells file and line of a template %s", async (_, template, place) => {
    const folder = await repositoryWith({ "templates/page.md.ejs": template });
    expect(
      await refusalOf(folder, { args: ["page", "home"], texts: ["DEXT_GENERATE_TEMPLATE_", place] }),
    ).toEqual({ ...refused, code: 3 });
  });

  it("keeps several that run at once apart: each does all of its work or none", async () => {
    const folder = await repositoryWith();
    const names = ["a", "b", "c"];
    const outcomes = await Promise.all(names.map((name) => dext(["new", "page", name], { folder })));
    for (const { stderr } of outcomes.filter(({ code }) => code !== 0)) {
      expect(stderr).toMatch(/DEXT_GENERATE_(?:LOCKED|TARGET_CHANGED)/);
    }
    expect(outcomes.some(({ code }) => code === 0)).toBe(true);
    for (const name of names) await dext(["new", "page", name], { folder });
    const list = await readFile(join(folder.path, "list.txt"), "utf8");
    expect(list.split("\n").toSorted()).toEqual(["", "- a", "- b", "- c", "Pages"]);
  });

  it("tells of changes that are not committed before it changes the same file", async () => {
    const folder = await repositoryWith();
    const git = (...args: string[]): Buffer => execFileSync("git", args, { cwd: folder.path });
    git("init", "-q");
    git("add", "list.txt");
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "start");
    expect((await dext(["new", "page", "one"], { folder })).stderr).toBe("");
    await writeFile(join(folder.path, "list.txt"), "Pages\n- mine\n");
    const told = await dext(["new", "page", "two"], { folder });
    expect(told).toMatchObject({
      code: 0,
      stderr: "Not committed to git before this change: list.txt\n",
    });
    expect(await readFile(join(folder.path, "list.txt"), "utf8")).toBe("Pages\n- mine\n- two\n");
  });

  it.each([6, 12, 18])(
    "ends or takes back a commit that was killed at step %i, before its own work",
    async (killAt) => {
      const folder = await repositoryWith();
      const builder = new PlanBuilder(folder.path);
      builder.write("x.txt", "x");
      builder.write("list.txt", "All\n");
      const planFile = join(folder.runtimeDirectory, "plan.json");
      await writeFile(planFile, JSON.stringify(builder.build()));
      const script = join(import.meta.dirname, "../../fixtures/generators/commit-process.ts");
      await new Promise<void>((resolve) => {
        const args = ["--conditions=@dext/source", script, JSON.stringify({ planFile, killAt })];
        execFile(process.execPath, args, () => resolve());
      });
      expect(await dext(["new", "page", "home"], { folder })).toMatchObject({ code: 0 });
      const now = look(folder);
      expect(["Pages\n- home\n", "All\n- home\n"]).toContain(
        await readFile(join(folder.path, "list.txt"), "utf8"),
      );
      expect("x.txt" in now).toBe((now["list.txt"] ?? "").includes("All"));
      expect(Object.keys(now).filter((path) => /\.dext-|\.dext\/commit/.test(path))).toEqual([]);
    },
  );
});

async function repositoryWith(more: Readonly<Record<string, string>> = {}): Promise<AppFolder> {
  const folder = await createAppFolder({ ...files, ...more });
  onTestFinished(() => folder.remove());
  return folder;
}

/** What a refusal was like: its exit code, the texts that it lacks, and whether it has changed anything. */
async function refusalOf(
  folder: AppFolder,
  { args, texts }: { args: readonly string[]; texts: readonly string[] },
): Promise<{ code: number | null; stdout: string; lacks: readonly string[]; changes: boolean }> {
  const before = look(folder);
  const { code, stdout, stderr } = await dext(["new", ...args], { folder });
  const lacks = texts.filter((text) => !stderr.includes(text));
  return { code, stdout, lacks, changes: JSON.stringify(look(folder)) !== JSON.stringify(before) };
}

/** Everything in a folder but for its modules, which are those of this repository. */
function look({ path }: AppFolder): Record<string, string> {
  const modules = join(path, "node_modules");
  unlinkSync(modules);
  try {
    return snapshot(path);
  } finally {
    symlinkSync(join(repository, "node_modules"), modules);
  }
}
