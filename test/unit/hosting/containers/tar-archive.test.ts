import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contextEntries, openBuildContext } from "../../../../hosting/src/containers/build-context.ts";
import { writeTar } from "../../../../hosting/src/containers/tar-archive.ts";
import type { TarEntry } from "../../../../hosting/src/containers/tar-archive.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-tar-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the machine's own tar makes of an archive. */
async function unpack(entries: AsyncIterable<TarEntry> | Iterable<TarEntry>): Promise<string> {
  const target = join(folder, "unpacked");
  await mkdir(target);
  execFileSync("tar", ["-x", "-C", target], { input: await buffer(Readable.from(writeTar(entries))) });
  return target;
}

describe("an archive", () => {
  test("gives back files, folders, links, permissions and times", async () => {
    const target = await unpack([
      { path: "a", type: "directory", mode: 0o755, modified: 0 },
      {
        path: "a/run.sh",
        type: "file",
        mode: 0o750,
        modified: 1_700_000_000.9,
        size: 3,
        content: Buffer.from("x y"),
      },
      { path: "a/link", type: "link", mode: 0o777, modified: 0, target: "run.sh" },
      { path: "empty", type: "file", mode: 0o644, modified: 0, size: 0 },
    ]);
    expect(await readFile(join(target, "a/run.sh"), "utf8")).toBe("x y");
    const { mode, mtimeMs } = await stat(join(target, "a/run.sh"));
    expect([mode & 0o777, mtimeMs]).toEqual([0o750, 1_700_000_000_000]);
    expect(await readlink(join(target, "a/link"))).toBe("run.sh");
    expect((await stat(join(target, "empty"))).size).toBe(0);
  });

  test.each([
    ["100 bytes", "n".repeat(100)],
    ["a folder and a name that just fit", `${"d".repeat(155)}/${"n".repeat(100)}`],
    ["a name of 200 bytes", "n".repeat(200)],
    ["many folders", `${"folder/".repeat(50)}file`],
    ["characters of several bytes", `${"ü".repeat(60)}/${"€".repeat(70)}`],
  ])("keeps a path of %s", async (_title, path) => {
    const target = await unpack([
      { path, type: "file", mode: 0o644, modified: 0, size: 2, content: Buffer.from("ok") },
    ]);
    expect(await readFile(join(target, path), "utf8")).toBe("ok");
  });

  test("keeps a long target of a link", async () => {
    const long = `${"x".repeat(90)}/${"y".repeat(90)}`;
    const target = await unpack([{ path: "l", type: "link", mode: 0o777, modified: 0, target: long }]);
    expect(await readlink(join(target, "l"))).toBe(long);
  });

  test("stays whole when a file has shrunk since it was looked at", async () => {
    await writeFile(join(folder, "shrunk"), "ab");
    const target = await unpack([
      { path: "shrunk", type: "file", mode: 0o644, modified: 0, size: 700, content: join(folder, "shrunk") },
      { path: "after", type: "file", mode: 0o644, modified: 0, size: 5, content: Buffer.from("after") },
    ]);
    expect(await readFile(join(target, "after"), "utf8")).toBe("after");
    expect((await readFile(join(target, "shrunk"))).length).toBe(700);
  });
});

const write = async (files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
};
const paths = async (options: { dockerfile?: string } = {}): Promise<string[]> => {
  const context = await openBuildContext(folder, { resource: "web", ...options });
  const all: string[] = [];
  for await (const { path } of contextEntries(context)) all.push(path);
  return all;
};

describe("a build context", () => {
  test("leaves out what .dockerignore names, but neither the Dockerfile nor itself", async () => {
    await write({
      Dockerfile: "FROM x",
      ".dockerignore": "*\n!src\n**/*.log",
      "src/a.ts": "",
      "src/a.log": "",
      "node_modules/x/y.js": "",
    });
    expect(await paths()).toEqual([".dockerignore", "Dockerfile", "src", "src/a.ts"]);
  });

  test("takes the ignore file of its Dockerfile first", async () => {
    await write({
      "docker/web.Dockerfile": "FROM x",
      "docker/web.Dockerfile.dockerignore": "b",
      ".dockerignore": "a",
      a: "",
      b: "",
    });
    expect(await paths({ dockerfile: "docker/web.Dockerfile" })).toContain("a");
    expect(await paths({ dockerfile: "docker/web.Dockerfile" })).not.toContain("b");
  });

  test.each([
    ["no Dockerfile", {}, "is not there"],
    ["one outside", { dockerfile: "../Dockerfile" }, "is not inside"],
  ])("is refused with %s", async (_title, options, reason) => {
    await expect(openBuildContext(folder, { resource: "web", ...options })).rejects.toMatchObject({
      code: "DEXT_CONTAINER_BUILD_CONTEXT_INVALID",
      message: expect.stringContaining(reason),
    });
  });
});
