import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConflictChoice } from "@dext/generators";
import { commit, defineGenerator, plan } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { mergeTexts } from "../../../../generators/src/conflicts/three-way-merge.ts";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

function fileGenerator(text: string, { executable = false } = {}): ReturnType<typeof defineGenerator> {
  return defineGenerator({
    name: "file",
    description: "",
    actions: [{ type: "add", path: "a.txt", text, executable }],
  });
}

async function generated(text: string): Promise<string> {
  const root = await targetFolder();
  await commit(await plan(fileGenerator(text), {}, { target: root }));
  return root;
}

const one = "1\n2\n3\n4\n5\n";

describe("a file that is", () => {
  it("new is written", async () => {
    const { files, operations } = await plan(fileGenerator(one), {}, { target: await targetFolder() });
    expect({ files, kinds: operations.map(({ kind }) => kind) }).toEqual({
      files: [{ path: "a.txt", status: "new" }],
      kinds: ["create"],
    });
  });

  it("identical makes a second run a no-op that is no undo step", async () => {
    const root = await generated(one);
    const before = snapshot(root);
    const again = await plan(fileGenerator(one), {}, { target: root });
    expect(again).toMatchObject({ operations: [], files: [{ path: "a.txt", status: "identical" }] });
    expect(await commit(again)).toMatchObject({ changed: false });
    expect(snapshot(root)).toEqual(before);
  });

  it("untouched is replaced without a question, with the line endings of a Windows checkout", async () => {
    const root = await generated(one);
    await writeFile(join(root, "a.txt"), one.replaceAll("\n", "\r\n"));
    const next = await plan(fileGenerator(`${one}6\n`), {}, { target: root });
    expect(next.files).toEqual([{ path: "a.txt", status: "untouched" }]);
    await commit(next);
    expect(await readFile(join(root, "a.txt"), "utf8")).toBe("1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n");
  });

  it("untouched gets the right to be run, and keeps other rights", async () => {
    const root = await generated(one);
    await chmod(join(root, "a.txt"), 0o640);
    await commit(await plan(fileGenerator(one, { executable: true }), {}, { target: root }));
    expect(snapshot(root)["a.txt"]).toBe(`file 750 ${one}`);
  });

  it.each([
    [
      "edited",
      async () => {
        const root = await generated(one);
        await writeFile(join(root, "a.txt"), one.replace("1", "one"));
        return root;
      },
    ],
    ["foreign", () => targetFolder({ "a.txt": one.replace("1", "one") })],
  ])("%s is refused by default, and nothing is written", async (status, make) => {
    const root = await make();
    const before = snapshot(root);
    await expect(plan(fileGenerator(`${one}6\n`), {}, { target: root })).rejects.toMatchObject({
      code: "DEXT_GENERATE_CONFLICT",
      details: { path: "a.txt", status },
    });
    expect(snapshot(root)).toEqual(before);
  });
});

describe("an edited file", () => {
  const mine = one.replace("1", "one");
  const wanted = `${one}6\n`;

  it.each<[ConflictChoice, Record<string, string>]>([
    ["keep", { "a.txt": mine }],
    ["overwrite", { "a.txt": wanted }],
    ["merge", { "a.txt": "one\n2\n3\n4\n5\n6\n" }],
    ["diff", { "a.txt": mine }],
    ["new", { "a.txt": mine, "a.txt.new": wanted }],
  ])("is treated by the choice %s", async (choice, expected) => {
    const root = await generated(one);
    await writeFile(join(root, "a.txt"), mine);
    const next = await plan(fileGenerator(wanted), {}, { target: root, onConflict: choice });
    expect(next.files[0]).toMatchObject({ path: "a.txt", status: "edited", choice });
    expect(next.files[0]?.diff?.includes("-one\n+1\n") ?? false).toBe(choice === "diff");
    await commit(next);
    for (const [path, text] of Object.entries(expected)) {
      expect(await readFile(join(root, path), "utf8")).toBe(text);
    }
    // The same once more is a no-op, whatever was chosen.
    const again = await plan(fileGenerator(wanted), {}, { target: root, onConflict: choice });
    expect(again.operations).toEqual([]);
    expect(await commit(again)).toMatchObject({ changed: false });
  });

  it("is asked about with its diff, one by one", async () => {
    const root = await generated(one);
    await writeFile(join(root, "a.txt"), mine);
    const asked: string[] = [];
    await plan(
      fileGenerator(wanted),
      {},
      {
        target: root,
        onConflict(conflict) {
          asked.push(conflict.diff());
          return "keep";
        },
      },
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("+6");
  });

  it("keeps an edited .new file", async () => {
    const root = await targetFolder({ "a.txt": mine, "a.txt.new": "mine too" });
    await expect(plan(fileGenerator(wanted), {}, { target: root, onConflict: "new" })).rejects.toThrowError(
      '"a.txt.new" exists already',
    );
  });

  it("refuses a choice that there is not", async () => {
    const root = await targetFolder({ "a.txt": mine });
    const onConflict = "perhaps" as ConflictChoice;
    await expect(plan(fileGenerator(wanted), {}, { target: root, onConflict })).rejects.toThrowError(
      '"perhaps" is no choice',
    );
  });
});

it("a foreign file is merged with marks at every difference, since nobody knows who wrote what", async () => {
  const root = await targetFolder({ "a.txt": "1\r\nmine\r\n3\r\n" });
  const next = await plan(fileGenerator("1\n2\n3\n4\n"), {}, { target: root, onConflict: "merge" });
  expect(next.files[0]).toMatchObject({ status: "foreign", choice: "merge", conflicts: 2 });
  await commit(next);
  expect(await readFile(join(root, "a.txt"), "utf8")).toBe(
    "1\r\n<<<<<<< yours\r\nmine\r\n=======\r\n2\r\n>>>>>>> generated\r\n3\r\n<<<<<<< yours\r\n=======\r\n4\r\n>>>>>>> generated\r\n",
  );
});

it("a merge takes what both sides have changed alike only once", () => {
  expect(mergeTexts({ ours: "a\nX\nc\n", base: "a\nb\nc\n", theirs: "a\nX\nc\n" })).toEqual({
    text: "a\nX\nc\n",
    conflicts: 0,
  });
});

it.each([
  ["\uFEFFa\r\nb\nc\r\nd\r\nmine\n", "A\nb\nc\nd\ne\n", "\uFEFFA\r\nb\nc\r\nd\r\n<>"],
  ["a\nb\r\nc\nd", "b\nc\nd\n", "b\r\nc\nd\n"],
  ["a\r\nb\nc\r\nd", "a\nb\nc\n", "a\r\nb\nc\r\n"],
])("a merge leaves the endings of %j as they are, line by line", (ours, theirs, expected) => {
  const { text } = mergeTexts({ ours, base: "a\nb\nc\nd\n".slice(0, ours.endsWith("\n") ? 8 : 7), theirs });
  expect(text.replace(/<<<<<<<[\s\S]*>>>>>>> generated\r\n/, "<>")).toBe(expected);
});

it("bytes are never merged, but kept", async () => {
  const root = await targetFolder({ "a.txt": Uint8Array.of(255, 0) });
  const next = await plan(fileGenerator(one), {}, { target: root, onConflict: "merge" });
  expect(next).toMatchObject({ operations: [], files: [{ choice: "keep" }] });
});

it("a generator deletes what is as it was generated, and asks about the rest", async () => {
  const root = await generated(one);
  await writeFile(join(root, "b.txt"), "mine");
  expect(await plan(remove("a.txt"), {}, { target: root })).toMatchObject({
    operations: [{ kind: "delete", path: "a.txt" }],
  });
  await expect(plan(remove("b.txt"), {}, { target: root })).rejects.toMatchObject({
    code: "DEXT_GENERATE_CONFLICT",
  });
});

function remove(path: string): ReturnType<typeof defineGenerator> {
  return defineGenerator({ name: "file", description: "", actions: [{ type: "delete", path }] });
}
