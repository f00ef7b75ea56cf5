import { loadConfig, object } from "@dext/providers";
import { describe, expect, it } from "vitest";

async function valueOf(values: Record<string, unknown>, secrets: readonly string[] = []): Promise<unknown> {
  const surroundings = { variables: {}, args: [], environment: "development" };
  return (await loadConfig({ layers: [object(values)], secrets }, surroundings)).value;
}

describe("a reference", () => {
  it("may have a default that refers to others", async () => {
    const values = {
      host: "h",
      port: 80,
      there: "${host:-${nowhere}}!",
      one: "${nowhere:-${port}}",
      two: "${nowhere:-${neither:-http://${host}:${port}/}}",
      escaped: "${nowhere:-\\${host}}",
    };
    expect(await valueOf(values)).toMatchObject({
      there: "h!",
      one: 80,
      two: "http://h:80/",
      escaped: "${host}",
    });
    await expect(valueOf({ a: "${nowhere:-${b}", b: 1 })).rejects.toMatchObject({
      code: "DEXT_CONFIG_REFERENCE_INVALID",
    });
  });

  it("that names no path is told with the place of the value", async () => {
    await expect(valueOf({ a: "${x[y}" })).rejects.toMatchObject({
      code: "DEXT_CONFIG_REFERENCE_INVALID",
      message: '"a" in object defaults: "${x[y}" names no path',
    });
  });

  it.each(["x${hunter2}", "x${hunter2[}", "${:-hunter2}", "x${list}${hunter2}", "${nothing}hunter2"])(
    "in a secret is not told, as it may be part of it: %s",
    async (password) => {
      const error: unknown = await valueOf({ password, list: [1], nothing: null }, ["password"]).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: expect.stringMatching(/^DEXT_CONFIG_REFERENCE_/) as string });
      const { message, hint, details } = error as { message: string; hint: string; details: unknown };
      expect(JSON.stringify([message, hint, details])).not.toContain("hunter2");
    },
  );
});

describe("values that refer to each other many times over", () => {
  it("are resolved once each", async () => {
    const values: Record<string, unknown> = { a0: "" };
    for (let at = 1; at < 60; at += 1) values[`a${at}`] = `\${a${at - 1}}\${a${at - 1}}`;
    expect(await valueOf(values)).toMatchObject({ a59: "" });
  });

  it("are refused when they blow up", async () => {
    const values: Record<string, unknown> = { a0: "x" };
    for (let at = 1; at < 60; at += 1) values[`a${at}`] = `\${a${at - 1}}\${a${at - 1}}`;
    await expect(valueOf(values)).rejects.toMatchObject({
      code: "DEXT_CONFIG_REFERENCE_INVALID",
      message: expect.stringContaining("longer than 1048576 characters") as string,
    });
  });
});
