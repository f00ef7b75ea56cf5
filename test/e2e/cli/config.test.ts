import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder, repository } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { plantedSecret } from "../../../scripts/planted-secret.ts";
import { dext } from "../../fixtures/cli/dext-process.ts";

const definition = `
import { defineConfig, dotenv, env, file, object } from "@dext/providers";
import { z } from "zod";

export const definition = defineConfig({
  schema: z.object({
    port: z.number(),
    level: z.enum(["debug", "info"]).default("info"),
    db: z.object({ host: z.string(), password: z.string() }),
  }),
  secrets: ["db.password"],
  layers: [
    object({ port: 80, db: { host: "localhost" } }),
    file("config.{environment}.yaml", { optional: true }),
    dotenv(),
    env({ prefix: "APP__" }),
  ],
});
`;

let folder: AppFolder;
beforeAll(async () => {
  folder = await createAppFolder({
    "src/config.ts": definition,
    "config.production.yaml": "port: 443\ndb:\n  host: db.internal\n",
    "config.broken.yaml": "port: many\nlevel: loud\n",
    ".env": `DB__PASSWORD=old # quoted?\nDB__PASSWORD=${plantedSecret}\n`,
    "nothing.ts": "export const answer = 42;\n",
    "throws.ts": "throw new Error('no luck');\n",
  });
});
afterAll(() => folder.remove());

describe("dext config", () => {
  test("loads the definition of a Deno project on Deno, which alone can import it", async () => {
    const project = await createAppFolder({
      "deno.json": '{ "nodeModulesDir": "manual" }',
      "config.ts": `
        import { defineConfig, env, object } from "npm:@dext/providers";
        export const definition = defineConfig({ layers: [object({ port: 80 }), env({ prefix: "APP__" })] });
      `,
    });
    try {
      await rm(join(project.path, "package.json"));
      const env = {
        PATH: `${join(repository, "node_modules/deno")}:${process.env["PATH"] ?? ""}`,
        APP__PORT: "81",
      };
      const { code, stdout, stderr } = await dext(["config", "print", "--json"], { folder: project, env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toEqual({ version: 1, values: { port: "81" } });
    } finally {
      await project.remove();
    }
  });

  test("print shows every value with its origin, those of the schema too, and no secret", async () => {
    const { code, stdout, stderr } = await dext(["config", "print"], { folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^port +80 +object defaults$/m);
    expect(stdout).toMatch(/^level +"info" +schema$/m);
    expect(stdout).toMatch(/^db\.password +\*\*\* +dotenv \.env:2:1$/m);
    expect(stdout + stderr).not.toContain(plantedSecret);
    expect(stderr).toContain('"DB__PASSWORD" stands on line 1 and again on line 2');
  });

  test("68: print --json puts pure JSON on stdout and notes on stderr", async () => {
    const { code, stdout, stderr } = await dext(["config", "print", "--json", "--env", "production"], {
      folder,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      values: { port: 443, level: "info", db: { host: "db.internal", password: "***" } },
    });
    expect(stderr).toContain("stands on line 1");
  });

  test("69: print --show-secrets is refused where the output is no terminal, unless it is forced", async () => {
    const refused = await dext(["config", "print", "--show-secrets"], { folder });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("--force");
    const forced = await dext(["config", "print", "--show-secrets", "--force", "--json"], { folder });
    expect(JSON.parse(forced.stdout).values.db.password).toBe(plantedSecret);
  });

  test("explain shows the winner and what it hides", async () => {
    const env = { APP__DB__HOST: "from-env" };
    const { code, stdout } = await dext(["config", "explain", "db.host", "--env", "production"], {
      folder,
      env,
    });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        'db.host = "from-env"',
        "  from env APP__DB__HOST",
        '  over "db.internal" from file config.production.yaml:3:9',
        '  over "localhost" from object defaults',
        "",
      ].join("\n"),
    });
    const unknown = await dext(["config", "explain", "db.hots"], { folder });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("Did you mean db.host?");
  });

  test.each([
    [["--env", "development", "production"]],
    [["--env", "development", "--env", "production"]],
    [["development", "production"]],
  ])("diff %j shows what differs between two environments", async (environments) => {
    const { code, stdout } = await dext(["config", "diff", ...environments], { folder });
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      '~ db.host: "localhost" → "db.internal"  (file config.production.yaml:3:9)',
      "~ port: 80 → 443  (file config.production.yaml:1:7)",
      "",
    ]);
  });

  test("check names every fault with its origin at once and exits 3", async () => {
    expect(await dext(["config", "check"], { folder })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("all fit"),
    });
    const broken = await dext(["config", "check", "--env", "broken"], { folder });
    expect(broken).toMatchObject({ code: 3, stdout: "" });
    expect(broken.stderr).toMatch(/"port": .*config\.broken\.yaml:1:7/);
    expect(broken.stderr).toMatch(/"level": .*config\.broken\.yaml:2:8/);
    const json = await dext(["config", "check", "--env", "broken", "--json"], { folder });
    expect(JSON.parse(json.stdout).error.details.faults).toHaveLength(2);
  });

  test.each([
    [["config"], "needs to be told what to do", 2],
    [["config", "prnt"], "Did you mean print?", 2],
    [["config", "print", "x"], 'does not take "x"', 2],
    [["config", "diff", "one"], "takes two environments", 2],
    [["config", "check", "--file", "absent.ts"], "DEXT_CLI_DEFINITION_NOT_FOUND", 3],
    [["config", "check", "--file", "nothing.ts"], "exports no definition", 3],
    [["config", "check", "--file", "throws.ts"], "no luck", 3],
    [["config", "explain", "db[", "--json"], "DEXT_CONFIG_PATH_INVALID", 3],
  ])("%j is refused: %s", async (args, text, code) => {
    const outcome = await dext(args, { folder });
    expect(outcome.stdout + outcome.stderr).toContain(text);
    expect(outcome.code).toBe(code);
  });
});
