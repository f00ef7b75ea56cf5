import { env, loadConfig } from "@dext/providers";
import type { Config } from "@dext/providers";
import { describe, expect, it } from "vitest";
import { z } from "zod";

function load(
  variables: Record<string, string>,
  { schema, prefix }: { schema?: z.ZodType; prefix?: string } = {},
): Promise<Config> {
  const layers = [env(prefix === undefined ? {} : { prefix })];
  return loadConfig(
    { ...(schema === undefined ? {} : { schema }), layers },
    { variables, args: [], environment: "development" },
  );
}

describe("a variable that ends in _FILE", () => {
  it("is the value of a key that the schema names so, also beside the key without it", async () => {
    const schema = z.object({ log: z.object({ level: z.string() }).optional(), logFile: z.string() });
    const config = await load({ APP__LOG_FILE: "/var/log/app.log" }, { schema, prefix: "APP__" });
    expect(config.value).toEqual({ logFile: "/var/log/app.log" });
  });

  it("of another program is no matter where the schema tells which are ours", async () => {
    const schema = z.object({ port: z.number() });
    const variables = { PORT: "80", LOG: "debug", LOG_FILE: "/absent/log" };
    expect((await load(variables, { schema })).value).toEqual({ port: 80 });
  });

  it("is left out with a note where nothing tells which are ours and it cannot be read", async () => {
    const config = await load({ PORT: "80", SSL_CERT_FILE: "/absent/ca.crt", LOG: "x", LOG_FILE: "/absent" });
    expect(config.value).toEqual({ port: "80", log: "x" });
    expect(config.sources[0]?.notes.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^"LOG_FILE" is left out: Both "LOG" and "LOG_FILE" are set/),
      expect.stringMatching(/^"SSL_CERT_FILE" is left out: The file "\/absent\/ca\.crt"/),
    ]);
  });

  it("is an error below a prefix when it cannot be read", async () => {
    await expect(load({ APP__PASSWORD_FILE: "/absent" }, { prefix: "APP__" })).rejects.toMatchObject({
      code: "DEXT_CONFIG_ENV_FILE_UNREADABLE",
    });
  });
});

it("a variable named as what reaches the prototype is left out where nothing tells which are ours", async () => {
  const config = await load({ CONSTRUCTOR: "x", A__prototype: "y", PORT: "80" });
  expect(config.value).toEqual({ port: "80" });
  expect(config.sources[0]?.notes).toHaveLength(2);
  await expect(load({ APP__CONSTRUCTOR: "x" }, { prefix: "APP__" })).rejects.toMatchObject({
    code: "DEXT_CONFIG_KEY_REFUSED",
  });
});
