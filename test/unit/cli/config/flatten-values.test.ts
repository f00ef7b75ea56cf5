import { loadConfig, object } from "@dext/providers";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { flattenValues } from "../../../../cli/src/config/flatten-values.ts";

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
