import { chmod, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GeneratorDefinition } from "@dext/generators";
import {
  commit,
  defineGenerator,
  ejectGenerator,
  findConflictMarks,
  findOutdatedTemplates,
  plan,
  planUpdate,
  undo,
} from "@dext/generators";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

/** A generator whose templates are given anew for each version. */
function version(files: Record<string, string>, edits: readonly string[] = []): GeneratorDefinition {
  return defineGenerator({
    name: "service",
    description: "",
    prompts: [{ name: "name", type: "text", message: "" }],
    plan(draft, { answers }) {
      for (const [path, text] of Object.entries(files)) {
        draft.add({ path, text: text.replaceAll("NAME", String(answers["name"])) });
      }
      for (const text of edits) draft.append({ path: "list.txt", text });
    },
  });
}

/** A generator of two files with steps after them; `web` is always the same. */
function stepped(manifest: string, source: string): GeneratorDefinition {
  return defineGenerator({
    name: "service",
    description: "",
    prompts: [{ name: "name", type: "text", message: "" }],
    plan(draft, { answers }) {
      const name = String(answers["name"]);
      draft.add({ path: `${name}/package.json`, text: name === "api" ? manifest : "{}\n" });
      draft.add({ path: `${name}/main.ts`, text: name === "api" ? source : "1;\n" });
      draft.followUp({ kind: "install", directory: "." });
      draft.followUp({ kind: "git-init", directory: "." });
      draft.followUp({ kind: "next-step", text: `start ${name}` });
    },
  });
}

/** A generator of a file that several units may have. */
function shared(users: readonly string[]): GeneratorDefinition {
  return defineGenerator({
    name: "service",
    description: "",
    prompts: [{ name: "name", type: "text", message: "" }],
    plan(draft, { answers }) {
      if (users.includes(String(answers["name"]))) draft.add({ path: "shared.txt", text: "1\n" });
    },
  });
}

/** A generator of a list, and one that edits it. */
function list(items: string): GeneratorDefinition {
  return defineGenerator({
    name: "list",
    description: "",
    plan: (draft) => draft.add({ path: "list.txt", text: items }),
  });
}

function entry(item: string): GeneratorDefinition {
  return defineGenerator({
    name: "entry",
    description: "",
    plan: (draft) => draft.append({ path: "list.txt", text: item }),
  });
}

const lines = "1\n2\n3 NAME\n4\n5\n6\n7\n";

async function generated(files: Record<string, string>, edits: readonly string[] = []): Promise<string> {
  const root = await targetFolder({ "list.txt": "list\n" });
  await commit(await plan(version(files, edits), { name: "api" }, { target: root }));
  return root;
}

const text = (root: string, path: string): Promise<string> => readFile(join(root, path), "utf8");

describe("an update", () => {
  it("leaves a file alone that is wanted only where there is none, and remembers it", async () => {
    const once = defineGenerator({
      name: "service",
      description: "",
      plan(draft) {
        draft.add({ path: "settings.txt", text: "mine from now on\n", ifAbsent: true });
      },
    });
    const root = await targetFolder({});
    await commit(await plan(once, {}, { target: root }));
    for (let time = 0; time < 2; time += 1) {
      const update = await planUpdate(undefined, { target: root, generators: [once] });
      expect(update.operations).toEqual([]);
      await commit(update);
    }
    expect(await text(root, "settings.txt")).toBe("mine from now on\n");
  });

  it("leaves a link alone that somebody has put in the place of a file, and updates the others", async () => {
    const root = await generated({ "a.md": "1\n", "b.md": "1\n", "c.md": "1\n" });
    for (const path of ["a.md", "b.md"]) {
      await rename(join(root, path), join(root, `my-${path}`));
      await symlink(`my-${path}`, join(root, path));
    }
    expect(findConflictMarks(root)).toEqual([]);
    const generators = [version({ "a.md": "2\n", "c.md": "2\n" })];
    const update = await planUpdate(undefined, { target: root, generators });
    expect(update.operations.map(({ path }) => path)).toEqual(["c.md"]);
    expect(update.files).toMatchObject([
      { path: "a.md", status: "edited", choice: "keep" },
      { path: "b.md", status: "obsolete" },
      { path: "c.md", status: "untouched" },
    ]);
  });

  it("merges rights as it merges text: what somebody has made executable stays so", async () => {
    const root = await generated({ "run.sh": "1\n2\n3\n" });
    await chmod(join(root, "run.sh"), 0o755);
    await commit(
      await planUpdate(undefined, { target: root, generators: [version({ "run.sh": "1\n2\n4\n" })] }),
    );
    expect(snapshot(root)["run.sh"]).toBe("file 755 1\n2\n4\n");
  });

  it("keeps what one unit edits anew in a file of another that is updated with it", async () => {
    const root = await targetFolder({});
    for (const generator of [list("1\n2\n3\n4\n"), entry("5\n")]) {
      await commit(await plan(generator, {}, { target: root }));
    }
    const generators = [list("one\n2\n3\n4\n"), entry("6\n")];
    await commit(await planUpdate(undefined, { target: root, generators }));
    expect(await text(root, "list.txt")).toBe("one\n2\n3\n4\n5\n6\n");
  });

  it("that one unit stops says which one, and how to go on without it", async () => {
    const root = await generated({ "a.txt": "a" });
    const failing = defineGenerator({
      name: "service",
      description: "",
      plan: () => Promise.reject(new Error("no")),
    });
    await expect(planUpdate(undefined, { target: root, generators: [failing] })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_FAILED",
      message: expect.stringMatching(/^"service-api" cannot be updated: .*no$/) as unknown,
      hint: expect.stringContaining('delete ".dext/generated/service-api.json"') as unknown,
      details: { unit: "service-api" },
    });
  });

  it("leaves a file that is generated no longer as long as another unit has it", async () => {
    const root = await targetFolder({});
    for (const name of ["a", "b"]) await commit(await plan(shared(["a", "b"]), { name }, { target: root }));
    const operations = async (users: readonly string[]): Promise<string[]> => {
      const update = await planUpdate(undefined, { target: root, generators: [shared(users)] });
      return update.operations.map(({ kind, path }) => `${kind} ${path}`);
    };
    expect(await operations(["b"])).toEqual([]);
    expect(await operations(["a"])).toEqual([]);
    expect(await operations([])).toEqual(["delete shared.txt"]);
  });

  it("installs only for what it changes of a manifest, and repeats no step of what it leaves alone", async () => {
    const root = await targetFolder({});
    for (const name of ["api", "web"]) {
      const change = await plan(stepped("{}\n", "1;\n"), { name }, { target: root });
      expect(change.followUps).toHaveLength(3);
      await commit(change);
    }
    const stepsWith = async (manifest: string, source: string): Promise<unknown> =>
      (await planUpdate(undefined, { target: root, generators: [stepped(manifest, source)] })).followUps;
    const start = { kind: "next-step", text: "start api" };
    expect(await stepsWith("{}\n", "1;\n")).toEqual([]);
    expect(await stepsWith("{}\n", "2;\n")).toEqual([start]);
    expect(await stepsWith('{ "a": 1 }\n', "1;\n")).toEqual([{ kind: "install", directory: "." }, start]);
  });

  it("renders with the stored answers, and merges into what was edited", async () => {
    const root = await generated({ "a.txt": lines, "b.txt": "b1\n" });
    await writeFile(
      join(root, "a.txt"),
      lines.replace("NAME", "api").replace("1\n", "one\n").replaceAll("\n", "\r\n"),
    );
    const next = version({ "a.txt": lines.replace("7", "seven"), "b.txt": "b2\n" });
    const update = await planUpdate(undefined, { target: root, generators: [next] });
    expect(update.files).toEqual([
      { path: "a.txt", status: "edited", choice: "merge" },
      { path: "b.txt", status: "untouched" },
    ]);
    await commit(update);
    expect(await text(root, "a.txt")).toBe("one\r\n2\r\n3 api\r\n4\r\n5\r\n6\r\nseven\r\n");
    expect(await text(root, "b.txt")).toBe("b2\n");
    const again = await planUpdate(undefined, { target: root, generators: [next] });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
  });

  it("leaves edits alone where nothing new comes", async () => {
    const root = await generated({ "a.txt": lines });
    await writeFile(join(root, "a.txt"), "all mine\n");
    const update = await planUpdate(undefined, { target: root, generators: [version({ "a.txt": lines })] });
    expect(update).toMatchObject({ operations: [], files: [] });
  });

  it("marks what both sides changed, and is refused until the marks are gone", async () => {
    const root = await generated({ "a.txt": lines });
    await writeFile(join(root, "a.txt"), lines.replace("NAME", "mine"));
    const options = { target: root, generators: [version({ "a.txt": lines.replace("NAME", "theirs") })] };
    const update = await planUpdate(undefined, options);
    expect(update.files).toEqual([{ path: "a.txt", status: "edited", choice: "merge", conflicts: 1 }]);
    await commit(update);
    expect(await text(root, "a.txt")).toBe(
      "1\n2\n<<<<<<< yours\n3 mine\n=======\n3 theirs\n>>>>>>> generated\n4\n5\n6\n7\n",
    );
    expect(findConflictMarks(root)).toEqual(["a.txt"]);
    await expect(planUpdate(undefined, options)).rejects.toMatchObject({
      code: "DEXT_GENERATE_CONFLICTS_REMAIN",
      details: { paths: ["a.txt"] },
    });
    await writeFile(join(root, "a.txt"), lines.replace("NAME", "both"));
    expect(findConflictMarks(root)).toEqual([]);
    expect((await planUpdate(undefined, options)).operations).toEqual([]);
    expect(await text(root, "a.txt")).toContain("3 both");
  });

  it("is taken back bit by bit", async () => {
    const root = await generated({ "a.txt": lines, "gone.txt": "x\n" });
    await writeFile(join(root, "a.txt"), lines.replace("1\n", "one\n"));
    const { ".dext/undo.json": _before, ...before } = snapshot(root);
    await commit(
      await planUpdate("service-api", {
        target: root,
        generators: [version({ "a.txt": lines.replace("7", "8"), "new/b.txt": "b" })],
      }),
    );
    expect(snapshot(root)).not.toMatchObject(before);
    await undo(root);
    expect(snapshot(root)).toEqual(before);
  });

  it("does not bring back what was deleted, and drops what is generated no longer, unless it was edited", async () => {
    const root = await generated({ "deleted.txt": "1\n", "old.txt": "1\n", "edited.txt": "1\n" });
    await rm(join(root, "deleted.txt"));
    await writeFile(join(root, "edited.txt"), "mine\n");
    const next = version({ "deleted.txt": "2\n" });
    const update = await planUpdate(undefined, { target: root, generators: [next] });
    expect(update.files).toEqual([
      { path: "deleted.txt", status: "deleted" },
      { path: "edited.txt", status: "obsolete" },
      { path: "old.txt", status: "deleted" },
    ]);
    await commit(update);
    const now = snapshot(root);
    expect(["deleted.txt", "old.txt", "edited.txt"].map((path) => now[path])).toEqual([
      undefined,
      undefined,
      "file 644 mine\n",
    ]);
    expect((await planUpdate(undefined, { target: root, generators: [next] })).operations).toEqual([]);
  });

  it("repeats no edit that a person took back, and makes new ones", async () => {
    const root = await generated({ "a.txt": "a\n" }, ["one\n"]);
    expect(await text(root, "list.txt")).toBe("list\none\n");
    await writeFile(join(root, "list.txt"), "list\n");
    const options = { target: root, generators: [version({ "a.txt": "a\n" }, ["one\n", "two\n"])] };
    await commit(await planUpdate(undefined, options));
    expect(await text(root, "list.txt")).toBe("list\ntwo\n");
  });

  it("merges a file of one's own with marks where the generator wants one anew", async () => {
    const root = await generated({ "a.txt": "a\n" });
    await writeFile(join(root, "b.txt"), "mine\n");
    const update = await planUpdate(undefined, {
      target: root,
      generators: [version({ "a.txt": "a\n", "b.txt": "b\n" })],
    });
    expect(update.files).toEqual([{ path: "b.txt", status: "foreign", choice: "merge", conflicts: 1 }]);
  });

  it("refuses a unit or a generator that there is not, and state that cannot be read", async () => {
    const root = await generated({ "a.txt": "a\n" });
    await expect(planUpdate("x", { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_UNIT_UNKNOWN",
      hint: 'There are "service-api".',
    });
    const record = join(root, ".dext/generated/service-api.json");
    await writeFile(
      record,
      (await readFile(record, "utf8")).replace('"generator": "service"', '"generator": "gone"'),
    );
    await expect(planUpdate(undefined, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_GENERATOR_UNKNOWN",
    });
    await writeFile(record, '{ "version": 1, "unit": "other" }');
    await expect(planUpdate(undefined, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_STATE_INVALID",
    });
  });
});

describe("an ejected template", () => {
  it("takes the place of ours, is told when ours moves on, and is updated like any other", async () => {
    const root = await targetFolder({ "own/a/b.ejs": "1\n2\n3\n4\n5\n" });
    const target = join(root, "project");
    const templates = { builtIn: [join(root, "own")], userFolder: join(root, "none") };
    const generators = [ejectGenerator(templates)];
    await commit(await plan("eject", { template: "a/b.ejs" }, { target, generators }));
    expect(await text(target, "templates/a/b.ejs")).toBe("1\n2\n3\n4\n5\n");
    expect(findOutdatedTemplates({ target, ...templates })).toEqual([]);
    await writeFile(join(target, "templates/a/b.ejs"), "one\n2\n3\n4\n5\n");
    await writeFile(join(root, "own/a/b.ejs"), "1\n2\n3\n4\nfive\n");
    expect(findOutdatedTemplates({ target, ...templates })).toEqual([
      { template: "a/b.ejs", change: "changed" },
    ]);
    await commit(await planUpdate(undefined, { target, generators }));
    expect(await text(target, "templates/a/b.ejs")).toBe("one\n2\n3\n4\nfive\n");
    expect(findOutdatedTemplates({ target, ...templates })).toEqual([]);
    await rm(join(root, "own/a/b.ejs"));
    expect(findOutdatedTemplates({ target, ...templates })).toEqual([
      { template: "a/b.ejs", change: "removed" },
    ]);
  });
});
