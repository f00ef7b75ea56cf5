import { file, loadConfig } from "@dext/providers";
import type { Config, FileOptions } from "@dext/providers";
import { describe, expect, it } from "vitest";
import { inFolder } from "../../../fixtures/configuration/folder.ts";

function load(
  directory: string,
  { name, ...options }: FileOptions & { name: string },
): Promise<Config<Readonly<Record<string, unknown>>>> {
  return loadConfig(
    { layers: [file(name, options)] },
    { directory, variables: {}, args: [], environment: "development" },
  );
}

/** The value of one file, or the message of the error. */
async function read(name: string, text: string, options: FileOptions = {}): Promise<unknown> {
  let result: unknown;
  await inFolder({ [name]: text }, async (directory) => {
    result = await load(directory, { name, ...options }).then(
      ({ value }) => value,
      (error: Error) => error.message,
    );
  });
  return result;
}

describe("TOML", () => {
  it("keeps tables whose keys are numbers apart from lists of tables", async () => {
    const text = "[codes]\n0 = 'ok'\n1 = 'warn'\n[[list]]\nx = { 0 = 1 }\n[[list]]\n[list.y]\n0 = 2\n";
    expect(await read("a.toml", text)).toEqual({
      codes: { 0: "ok", 1: "warn" },
      list: [{ x: { 0: 1 } }, { y: { 0: 2 } }],
    });
  });
});

describe("YAML", () => {
  it("takes an anchor that is used many times", async () => {
    const uses = Array.from({ length: 150 }, (_, at) => `s${at}: { <<: *base, n: ${at} }`);
    const value = await read("a.yaml", `base: &base { x: 1 }\n${uses.join("\n")}\n`);
    expect(value).toMatchObject({ s0: { x: 1, n: 0 }, s149: { x: 1, n: 149 } });
  });

  it.each([
    ["an alias that names nothing", "x: 1\ny:\n  z: *nobody\n", /^a\.yaml:3:6: an alias names nothing/],
    ["an alias within what it names", "x: 1\ny: &y [1, *y]\n", /^a\.yaml:2:11: an alias stands within/],
    ["a merge within what it merges", "x: 1\ny: &y { <<: *y }\n", /^a\.yaml:2:13: an alias stands within/],
    ["a merge of a single value", "x: 1\ny:\n  <<: 5\n", /^a\.yaml:3:3: "<<" merges what is no object/],
    ["a second document", "x: 1\n---\ny: 1\n", /^a\.yaml:2:1: not YAML: a second document begins/],
    ["a list as a key", "x: 1\n? [a]\n: 2\n", /^a\.yaml:2:3: a key is a list or an object/],
  ])("tells the place of %s", async (_what, text, message) => {
    expect(await read("a.yaml", text)).toMatch(message);
  });

  it("repeats nothing of a value that looks like an alias or a tag, which may be a password", async () => {
    expect(await read("a.yaml", "password: *hunter2\n")).not.toContain("hunter2");
    await inFolder({ "a.yaml": "password: !hunter2 x\n" }, async (directory) => {
      const [source] = (await load(directory, { name: "a.yaml" })).sources;
      expect(source?.notes).toHaveLength(1);
      expect(source?.notes[0]?.origin?.location).toBe("a.yaml:1:11");
      expect(JSON.stringify(source?.notes)).not.toContain("hunter2");
    });
  });
});

describe("an integer with more digits than a number keeps", () => {
  it.each([
    [
      "a.yaml",
      "id: 12345678901234567890\nok: 9007199254740991\nfloat: 1e300\ntext: '12345678901234567890'\n",
      "1:5",
    ],
    ["a.json", '{"ok": 1e300, "id": -12345678901234567890, "text": "12345678901234567890"}', "1:21"],
  ])("is told with its place: %s", async (name, text, place) => {
    await inFolder({ [name]: text }, async (directory) => {
      const [source] = (await load(directory, { name })).sources;
      expect(source?.notes.map(({ origin }) => origin?.location)).toEqual([`${name}:${place}`]);
    });
  });

  it("is kept whole in TOML", async () => {
    expect(await read("a.toml", "id = 9007199254740993\n")).toEqual({ id: 9007199254740993n });
  });
});

describe("a file of secrets", () => {
  it.each([
    ["a.yaml", 'x: "1"\npassword: "hunter2" y\n'],
    ["a.json", '{\n"password": hunter2}'],
    ["a.toml", "x = 1\npassword = hunter2\n"],
  ])("that is broken tells the place and no words: %s", async (name, text) => {
    expect(await read(name, text, { secret: true })).toMatch(
      /^a\.\w+:2:\d+: not \w+ \(what exactly is wrong/,
    );
  });
});

describe("an optional file", () => {
  it("is absent where a folder of its path is a file", async () => {
    await inFolder({ folder: "a file" }, async (directory) => {
      const { sources } = await load(directory, { name: "folder/a.yaml", optional: true });
      expect(sources[0]?.absent).toBe(true);
    });
  });

  it("that is named without its extension and may not be looked at is an error, not absent", async () => {
    await inFolder({}, async (directory) => {
      const name = "a".repeat(300);
      await expect(load(directory, { name, optional: true })).rejects.toMatchObject({
        code: "DEXT_CONFIG_FILE_UNREADABLE",
      });
    });
  });
});
