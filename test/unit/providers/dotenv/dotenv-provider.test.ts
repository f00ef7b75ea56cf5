import { parseEnv } from "node:util";
import { dotenv, loadConfig } from "@dext/providers";
import type { Config } from "@dext/providers";
import { describe, expect, it } from "vitest";
import { inFolder } from "../../../fixtures/configuration/folder.ts";

async function load(
  files: string | Record<string, string>,
  variables: Record<string, string> = {},
): Promise<Config<Readonly<Record<string, unknown>>>> {
  let config: Config<Readonly<Record<string, unknown>>> | undefined;
  await inFolder(typeof files === "string" ? { ".env": files } : files, async (directory) => {
    const layers = [dotenv()];
    config = await loadConfig({ layers }, { directory, variables, args: [], environment: "development" });
  });
  return config as Config<Readonly<Record<string, unknown>>>;
}

async function valueOf(...given: Parameters<typeof load>): Promise<unknown> {
  return (await load(...given)).value;
}

describe("a name in its own value", () => {
  it("is that of the process, or takes the default", async () => {
    const text = "PORT=${PORT:-3000}\nHOST=${HOST-localhost}\nNONE=$NONE\n";
    expect(await valueOf(text)).toEqual({ port: "3000", host: "localhost", none: "" });
    expect(await valueOf(text, { PORT: "80" })).toMatchObject({ port: "80" });
  });

  it("is what it was before, in the same or in a lower file", async () => {
    const files = { ".env": "A=one\nA=${A}:two\n", ".env.local": "A=$A:three\nB=${A}\n" };
    expect(await valueOf(files)).toEqual({ a: "one:two:three", b: "one:two:three" });
  });

  it("is that of a lower file in an environment named local, too, whose files share a name", async () => {
    await inFolder({ ".env": "A=one\n", ".env.local": "A=${A}:two\n" }, async (directory) => {
      const surroundings = { directory, variables: {}, args: [], environment: "local" };
      expect((await loadConfig({ layers: [dotenv()] }, surroundings)).value).toEqual({ a: "one:two" });
    });
  });

  it("of another variable is a circle all the same", async () => {
    await expect(load("A=${B:-x}\nB=${A:-y}\n")).rejects.toMatchObject({
      code: "DEXT_CONFIG_DOTENV_REFERENCE_INVALID",
      message: expect.stringContaining("A → B → A") as string,
    });
  });
});

describe("quotes", () => {
  it("may end in a backslash, as Windows paths do, where it escapes nothing", async () => {
    const text = "A='C:\\folder\\'\nB=`D:\\` # it's a drive\nC='x'\n";
    expect(await valueOf(text)).toEqual({ a: "C:\\folder\\", b: "D:\\", c: "x" });
    expect(parseEnv(text)).toEqual({ A: "C:\\folder\\", B: "D:\\", C: "x" });
  });

  it("keep an escaped quote, also before the end of a line", async () => {
    expect(await valueOf("A='it\\'s'\nB='one\\'\ntwo'\nC=3\n")).toEqual({
      a: "it\\'s",
      b: "one\\'\ntwo",
      c: "3",
    });
  });

  it("that are never closed are an error, also after an escaped one", async () => {
    await expect(load('A="say \\"hi\\"\nB=2\n')).rejects.toMatchObject({
      code: "DEXT_CONFIG_DOTENV_INVALID",
      message: expect.stringContaining(".env:1:3") as string,
    });
  });
});

it("lines may end in a carriage return alone", async () => {
  expect(await valueOf("A=1\rB=2\r")).toEqual({ a: "1", b: "2" });
});

it("a value that is cut off by # as a whole is told", async () => {
  const config = await load("PASSWORD=#hunter2\nEMPTY= # nothing\n");
  expect(config.value).toEqual({ password: "", empty: "" });
  expect(config.sources[0]?.notes).toMatchObject([
    { message: expect.stringMatching(/^The value of "PASSWORD" ends before "#"/) as string },
  ]);
});

it("a reference that is not understood is not told, as it may be part of a password", async () => {
  const error: unknown = await load("PASSWORD=a${hunter2!}\n").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "DEXT_CONFIG_DOTENV_REFERENCE_INVALID" });
  expect(JSON.stringify([(error as Error).message, error])).not.toContain("hunter2");
});
