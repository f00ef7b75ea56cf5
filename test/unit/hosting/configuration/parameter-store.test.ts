import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ParameterStore } from "../../../../hosting/src/configuration/parameter-store.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-parameters-"));
});
afterEach(() => rm(directory, { recursive: true }));

describe("kept parameters", () => {
  test("are there the next time, for their owner alone", async () => {
    await (await ParameterStore.open(directory)).keep({ password: "p" });
    expect((await ParameterStore.open(directory)).get("password")).toBe("p");
    expect((await stat(join(directory, ".dext/parameters.json"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(directory, ".dext/.gitignore"), "utf8")).toContain("!generated/");
  });

  test("that cannot be read or written are told as what the user can mend, not as a bug", async () => {
    const unusable = { code: "DEXT_RUN_STATE_UNUSABLE", hint: expect.stringContaining("sudo") as string };
    await mkdir(join(directory, ".dext/parameters.json"), { recursive: true });
    await expect(ParameterStore.open(directory)).rejects.toMatchObject(unusable);
    await rm(join(directory, ".dext"), { recursive: true });
    const store = await ParameterStore.open(directory);
    await writeFile(join(directory, ".dext"), "in the way");
    await expect(store.keep({ password: "p" })).rejects.toMatchObject(unusable);
  });
});
