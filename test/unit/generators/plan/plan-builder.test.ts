import { chmod, symlink } from "node:fs/promises";
import { join } from "node:path";
import { PlanBuilder, parsePlan } from "@dext/generators";
import { describe, expect, it } from "vitest";
import { snapshot, targetFolder } from "../../../fixtures/generators/target-folder.ts";

describe("a plan", () => {
  it("holds what is created, modified and deleted, sorted by path, with the hashes of both sides", async () => {
    const root = await targetFolder({ "b.txt": "old\n", "c.txt": "gone\n" });
    const before = snapshot(root);
    const builder = new PlanBuilder(root);
    builder.delete("c.txt");
    builder.write("b.txt", "new\n");
    builder.write("a/a.txt", "first\n", { mode: 0o755 });
    const { operations, version, target } = builder.build();
    expect({ version, target }).toEqual({ version: 1, target: root });
    expect(operations.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
      "create a/a.txt",
      "modify b.txt",
      "delete c.txt",
    ]);
    expect(operations[1]).toMatchObject({
      before: { contents: "old\n", encoding: "utf8", mode: 0o644 },
      after: {
        contents: "new\n",
        hash: "sha256:7aa7a5359173d05b63cfd682e3c38487f3cb4f7f1d60659fe59fab1505977d4c",
      },
    });
    expect(snapshot(root)).toEqual(before);
  });

  it("leaves out what is on disk just so", async () => {
    const root = await targetFolder({ "a.txt": "same\n" });
    const builder = new PlanBuilder(root);
    builder.write("a.txt", "same\n");
    expect(builder.build().operations).toEqual([]);
  });

  it("keeps the mode of a file that it changes", async () => {
    const root = await targetFolder({ "run.sh": "echo 1\n" });
    await chmod(join(root, "run.sh"), 0o750);
    const builder = new PlanBuilder(root);
    builder.write("run.sh", "echo 2\n");
    expect(builder.build().operations[0]).toMatchObject({ before: { mode: 0o750 }, after: { mode: 0o750 } });
  });

  it("is the same after a way through JSON, bytes included", async () => {
    const root = await targetFolder();
    const builder = new PlanBuilder(root);
    builder.write("icon.bin", Uint8Array.of(0, 255, 128));
    builder.write("text.txt", "\uFEFFgrüße 😀\r\n");
    builder.followUp({ kind: "install", directory: "." });
    builder.followUp({ kind: "install", directory: "." });
    const plan = builder.build();
    expect(plan.followUps).toHaveLength(1);
    expect(plan.operations[0]).toMatchObject({ after: { encoding: "base64", contents: "AP+A" } });
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it("is made for a target that does not exist yet", async () => {
    const root = await targetFolder();
    const builder = new PlanBuilder(join(root, "new/app"));
    builder.write("a.txt", "a");
    expect(builder.build().target).toBe(join(root, "new/app"));
  });
});

describe("containment", () => {
  it.each([
    ["", "is empty"],
    ["../out.txt", 'the part ".."'],
    ["a/../../out.txt", 'the part ".."'],
    ["/etc/passwd", "is absolute"],
    ["C:/x", "is absolute"],
    ["a\\..\\b", "backslash"],
    ["a//b", "empty part"],
    ["a/./b", 'the part "."'],
    ["a\u0000b", "control character"],
    ["line\nbreak", "control character"],
    [".git/hooks/post-checkout", "git folder"],
    ["sub/.GIT/config", "git folder"],
    ["aux.txt", "Windows"],
    ["dot./a", "Windows"],
    ["x".repeat(256), "255 bytes"],
  ])("refuses the path %j", async (path, reason) => {
    const builder = new PlanBuilder(await targetFolder());
    expect(() => builder.write(path, "")).toThrowError(reason);
    expect(() => builder.read(path)).toThrowError(
      expect.objectContaining({ code: "DEXT_GENERATE_PATH_INVALID" }),
    );
  });

  it.each(["link", "link/below"])("refuses the target %s, which is a link to nowhere", async (path) => {
    const root = await targetFolder();
    await symlink("nowhere", join(root, "link"));
    expect(() => new PlanBuilder(join(root, path))).toThrowError(
      expect.objectContaining({
        code: "DEXT_GENERATE_SYMLINK",
        message: `"${join(root, "link")}" is a symbolic link to nowhere`,
      }),
    );
  });

  it("follows no symbolic link, whether it is a folder or the file itself", async () => {
    const outside = await targetFolder({ "secret.txt": "secret" });
    const root = await targetFolder();
    await symlink(outside, join(root, "link"));
    await symlink(join(outside, "secret.txt"), join(root, "file.txt"));
    await symlink("nowhere", join(root, "dangling"));
    const builder = new PlanBuilder(root);
    for (const path of ["link/new.txt", "link/secret.txt", "file.txt", "dangling", "dangling/x"]) {
      expect(() => builder.write(path, "x")).toThrowError(
        expect.objectContaining({ code: "DEXT_GENERATE_SYMLINK" }),
      );
    }
  });

  it("replaces no folder by a file and no file by a folder", async () => {
    const root = await targetFolder({ "folder/a.txt": "a", file: "b" });
    const builder = new PlanBuilder(root);
    const refusal = expect.objectContaining({ code: "DEXT_GENERATE_NOT_A_FILE" }) as Error;
    expect(() => builder.write("folder", "x")).toThrowError(refusal);
    expect(() => builder.delete("folder")).toThrowError(refusal);
    expect(() => builder.write("file/x.txt", "x")).toThrowError(refusal);
  });

  it("refuses paths that are one file where case or Unicode form is ignored", async () => {
    const root = await targetFolder({ "README.md": "", "src/a.ts": "" });
    const refusal = expect.objectContaining({ code: "DEXT_GENERATE_PATH_COLLISION" }) as Error;
    expect(() => new PlanBuilder(root).write("Readme.md", "")).toThrowError(refusal);
    expect(() => new PlanBuilder(root).write("SRC/b.ts", "")).toThrowError(refusal);
    const builder = new PlanBuilder(root);
    builder.write("docs/caf\u00E9.md", "");
    expect(() => builder.write("docs/cafe\u0301.md", "")).toThrowError(refusal);
    expect(() => builder.write("Docs/b.md", "")).toThrowError(refusal);
    expect(() => builder.write("docs", "")).toThrowError(refusal);
    builder.write("src/b.ts", "");
    builder.delete("README.md");
    builder.write("Readme.md", "");
  });
});

describe("an edit", () => {
  it.each([
    ["CRLF endings", "one\r\ntwo\r\n", "one\r\nTWO\r\nthree\r\n"],
    ["a missing final newline", "one\ntwo", "one\nTWO\nthree"],
    ["a byte-order mark", "\uFEFFone\ntwo\n", "\uFEFFone\nTWO\nthree\n"],
    ["mixed endings of lines that stay", "one\r\ntwo\nfour\n", "one\r\nTWO\nthree\nfour\n"],
  ])("keeps %s", async (_, text, expected) => {
    const builder = new PlanBuilder(await targetFolder({ "a.txt": text }));
    expect(builder.edit("a.txt", (plain) => plain.replace("two", "TWO\nthree"))).toBe(true);
    expect(builder.read("a.txt")?.contents).toBe(expected);
  });

  it("that changes nothing plans nothing", async () => {
    const builder = new PlanBuilder(await targetFolder({ "a.txt": "one\r\ntwo\n" }));
    expect(builder.edit("a.txt", (text) => text)).toBe(false);
    expect(builder.build().operations).toEqual([]);
  });

  it("refuses a missing file and bytes that are no text", async () => {
    const builder = new PlanBuilder(await targetFolder({ "b.bin": Uint8Array.of(255, 0) }));
    expect(() => builder.edit("a.txt", (text) => text)).toThrowError(
      '"a.txt" is to be edited, but does not exist',
    );
    expect(() => builder.edit("b.bin", (text) => text)).toThrowError("must be text in UTF-8");
  });
});

describe("a plan read from JSON", () => {
  it.each([
    ["another version", { version: 2 }],
    [
      "contents that do not fit the hash",
      {
        operations: [
          {
            kind: "create",
            path: "a",
            after: { contents: "x", encoding: "utf8", mode: 420, hash: "sha256:0" },
          },
        ],
      },
    ],
    ["an unknown kind", { operations: [{ kind: "chown", path: "a" }] }],
    ["a path that leaves the target", { operations: [{ kind: "delete", path: "../a" }] }],
    ["no list of follow-ups", { followUps: undefined }],
  ])("is refused with %s", (_, change) => {
    const plan = {
      version: 1,
      target: "/t",
      operations: [],
      followUps: [],
      files: [],
      records: [],
      ...change,
    };
    expect(() => parsePlan(plan)).toThrowError(
      expect.objectContaining({
        code: expect.stringMatching(/^DEXT_GENERATE_(PLAN|PATH)_INVALID$/) as string,
      }),
    );
  });
});
