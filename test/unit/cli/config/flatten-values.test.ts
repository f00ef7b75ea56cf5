import { loadConfig, object } from "@dext/providers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { flattenValues, plainValues } from "../../../../cli/src/config/flatten-values.ts";
import { jsonData } from "../../../../cli/src/config/json-data.ts";

describe("flattenValues", () => {
  test("masks secrets, and what only the schema made of them, unless they are to be shown", async () => {
    const schema = z
      .object({ host: z.string(), password: z.string(), port: z.number().default(5432) })
      .transform((db) => ({ ...db, url: `pg://app:${db.password}@${db.host}` }));
    const layers = [object({ host: "db", password: "hunter2" })];
    const config = await loadConfig({ schema, secrets: ["password"], layers }, { variables: {}, args: [] });
    const shown = (showSecrets: boolean): unknown =>
      Object.fromEntries(flattenValues(config, { showSecrets }).map(({ path, value }) => [path, value]));
    expect(shown(false)).toEqual({ host: "db", password: "***", port: 5432, url: "***" });
    expect(shown(true)).toEqual({
      host: "db",
      password: "hunter2",
      port: 5432,
      url: "pg://app:hunter2@db",
    });
  });
});

describe("the JSON of a configuration", () => {
  test("has bytes in base64 and large integers as text, and secrets masked, in values, explanations and changes", async () => {
    const config = await loadConfig(
      {
        layers: [
          object({ bytes: Buffer.from("hello"), large: 2n ** 64n, list: [1n], key: Buffer.from("k") }),
        ],
        secrets: ["key"],
      },
      { variables: {}, args: [] },
    );
    const masked = { bytes: "aGVsbG8=", large: "18446744073709551616", list: ["1"], key: "***" };
    expect(plainValues(config, { showSecrets: false })).toEqual(masked);
    expect(plainValues(config, { showSecrets: true })).toEqual({ ...masked, key: "aw==" });
    const explained = jsonData(config.explain("")) as { path: string; value: unknown }[];
    expect(explained.map(({ path, value }) => [path, value])).toEqual([
      ["bytes", "aGVsbG8="],
      ["large", "18446744073709551616"],
      ["list.0", "1"],
      ["key", "***"],
    ]);
  });
});
