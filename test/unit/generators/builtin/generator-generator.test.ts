import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { builtInGenerators, commit, plan, planUpdate, undo } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { root } from "../../../../scripts/packages.ts";
import { fill, snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

const templates = { userFolder: "/no/such/folder" };

/** Given, so that the repository's own are not loaded: within one process a module is loaded once. */
const generators = builtInGenerators;

async function repository(): Promise<string> {
  const target = await targetFolder({ "package.json": '{\n  "name": "shop",\n  "type": "module"\n}\n' });
  return target;
}

function read(target: string, path: string): Promise<string> {
  return readFile(join(target, path), "utf8");
}

describe("the generator of generators", () => {
  it("makes a generator that works at once, beside others", async () => {
    const target = await repository();
    await commit(await plan("generator", { name: "note" }, { target, templates, generators }));
    expect(await read(target, "dext.generators.ts")).toBe(
      'import { note } from "./generators/note.ts";\n\nexport default [note];\n',
    );
    await commit(
      await plan("generator", { name: "to-do", description: 'A "list"' }, { target, templates, generators }),
    );
    expect(await read(target, "dext.generators.ts")).toBe(
      'import { toDo } from "./generators/to-do.ts";\nimport { note } from "./generators/note.ts";\n\nexport default [toDo, note];\n',
    );
    expect(JSON.parse(await read(target, "package.json"))).toMatchObject({
      devDependencies: { "@dext/generators": "0.1.0" },
    });
    await symlink(join(root, "node_modules"), join(target, "node_modules"));
    await commit(await plan("to-do", { name: "first" }, { target, templates }));
    expect(await read(target, "to-do/first.md")).toMatch(/^# first\n/);
  });

  it("changes nothing when it runs again, nor by an update, and is taken back bit by bit", async () => {
    const target = await repository();
    const before = snapshot(target);
    await commit(await plan("generator", { name: "note" }, { target, templates, generators }));
    const again = await plan("generator", { name: "note" }, { target, templates, generators });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
    expect((await planUpdate(undefined, { target, templates, generators })).operations).toEqual([]);
    await undo(target);
    expect(snapshot(target)).toEqual(before);
  });

  it.each([
    ["a CommonJS package", { "package.json": '{ "type": "commonjs" }' }, "mts", "dext.generators.mts"],
    [
      "a repository with another list",
      { "dext.generators.mjs": "export default [];\n" },
      "ts",
      "dext.generators.mjs",
    ],
  ])("makes one in %s that works, and hides none", async (_, files, ending, list) => {
    const target = await targetFolder(files);
    await commit(await plan("generator", { name: "note" }, { target, templates, generators }));
    const line = `import { note } from "./generators/note.${ending}";\n`;
    expect((await read(target, list)).replace("\n\n", "\n")).toBe(`${line}export default [note];\n`);
    await symlink(join(root, "node_modules"), join(target, "node_modules"));
    await commit(await plan("note", { name: "first" }, { target, templates }));
    expect(await read(target, "note/first.md")).toMatch(/^# first\n/);
  });

  it("leaves a list that it does not understand alone, and says what to add", async () => {
    const target = await repository();
    await fill(target, { "dext.generators.ts": "export default make();\nfunction make() { return []; }\n" });
    const change = await plan("generator", { name: "note" }, { target, templates, generators });
    expect(change.operations.map(({ path }) => path)).not.toContain("dext.generators.ts");
    const steps = change.followUps.flatMap((step) => (step.kind === "next-step" ? [step.text] : []));
    expect(steps.join("\n")).toContain('import { note } from "./generators/note.ts";');
  });
});
