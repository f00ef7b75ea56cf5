import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTar } from "../../../../hosting/src/containers/read-tar.ts";
import type { TarHeader } from "../../../../hosting/src/containers/read-tar.ts";
import { writeTar } from "../../../../hosting/src/containers/tar-archive.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dext-tar-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function isJson({ path }: TarHeader): boolean {
  return path.endsWith(".json");
}

async function read(bytes: Buffer, { piece = 700 }: { piece?: number } = {}): Promise<TarHeader[]> {
  return Array.fromAsync(readTar(inPieces(bytes, piece), { wants: isJson }));
}

const long = `${"deep/".repeat(60)}ü.json`;
const texts: Readonly<Record<string, string>> = {
  "a.txt": "x".repeat(1500),
  "b.json": "{}",
  "empty.json": "",
  [long]: '{"long":1}',
};

describe("a read archive", () => {
  test.each(["ustar", "pax", "gnu", "v7"])(
    "of the format %s has the names, kinds and wanted bytes",
    async (format) => {
      for (const [path, text] of Object.entries(texts)) {
        // Only the newer formats have room for it.
        if (path === long && ["ustar", "v7"].includes(format)) continue;
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      await symlink("a.txt", join(folder, "link"));
      const bytes = execFileSync("tar", [`--format=${format}`, "-c", "-C", folder, "."]);
      const entries = await read(bytes);
      const kinds = Object.fromEntries(
        entries.map(({ path, type, size, content }) => [path, [type, size, content?.toString()]]),
      );
      expect(kinds).toMatchObject({
        "a.txt": ["file", 1500, undefined],
        "b.json": ["file", 2, "{}"],
        "empty.json": ["file", 0, ""],
        link: ["link", 0, undefined],
      });
      const hasRoom = ["pax", "gnu"].includes(format);
      expect(kinds[long]).toEqual(hasRoom ? ["file", 10, '{"long":1}'] : undefined);
    },
  );

  test.each([1, 511, 512, 513, 100_000])("is the same in pieces of %i bytes", async (piece) => {
    const entries = Object.entries(texts).map(([path, text]) => {
      const content = Buffer.from(text);
      return { path, type: "file" as const, mode: 0o644, modified: 0, size: content.length, content };
    });
    const bytes = await buffer(Readable.from(writeTar(entries)));
    const seen = await read(bytes, { piece });
    expect(seen.map(({ path, size }) => [path, size])).toEqual(entries.map(({ path, size }) => [path, size]));
  });

  test("that is cut off or none is refused", async () => {
    const entry = {
      path: "a",
      type: "file" as const,
      mode: 0o644,
      modified: 0,
      size: 3000,
      content: Buffer.alloc(3000),
    };
    const bytes = await buffer(Readable.from(writeTar([entry])));
    await expect(read(bytes.subarray(0, 2000))).rejects.toMatchObject({
      code: "DEXT_CONTAINER_ENGINE_BROKEN",
      message: expect.stringContaining("cut off") as unknown,
    });
    await expect(read(Buffer.from("no archive ".repeat(100)))).rejects.toMatchObject({
      code: "DEXT_CONTAINER_ENGINE_BROKEN",
    });
  });

  test("of gigabytes takes no memory for what is not wanted", async () => {
    const size = 3 * 1024 ** 3;
    const piece = Buffer.alloc(1024 * 1024);
    const head = await buffer(
      Readable.from(writeTar([{ path: "big", type: "file", mode: 0o644, modified: 0, size: 0 }])),
    );
    const header = head.subarray(0, 512);
    header.write(size.toString(8).padStart(11, "0"), 124);
    header.write("        ", 148);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    let most = 0;
    async function* archive(): AsyncGenerator<Buffer> {
      yield header;
      for (let sent = 0; sent < size; sent += piece.length) {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        yield piece;
      }
      yield Buffer.alloc(1024);
    }
    const before = process.memoryUsage().arrayBuffers;
    const entries = await Array.fromAsync(readTar(archive()));
    expect(entries).toEqual([{ path: "big", type: "file", size }]);
    expect(most - before).toBeLessThan(50 * 1024 ** 2);
  });
});
