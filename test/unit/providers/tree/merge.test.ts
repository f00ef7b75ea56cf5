import { env, loadConfig, object, treeOfPaths, valueNode } from "@dext/providers";
import type { ConfigLayer, ConfigOptions } from "@dext/providers";
import { describe, expect, it } from "vitest";
import { z } from "zod";

async function valueOf(
  definition: ConfigOptions<z.ZodType | undefined, string>,
  variables: Record<string, string> = {},
): Promise<unknown> {
  return (await loadConfig(definition, { variables, args: [], environment: "development" })).value;
}

const app = env({ prefix: "APP__" });

/** A source whose names know no case, as one of somebody's own may be. */
function loose(path: readonly string[]): ConfigLayer {
  const origin = { provider: "own", location: path.join(".") };
  const tree = treeOfPaths([{ path, node: valueNode("x", { origin }) }], { origin, loose: true });
  return { provider: "own", label: "own", create: () => ({ load: () => Promise.resolve({ tree }) }) };
}

describe("names from the environment", () => {
  it("are fitted to the schema over a null, too, as an empty key of YAML is", async () => {
    const schema = z.object({ db: z.object({ maxSize: z.number() }) });
    const layers = [object({ db: null }), app];
    expect(await valueOf({ schema, layers }, { APP__DB__MAX_SIZE: "3" })).toEqual({ db: { maxSize: 3 } });
    expect(await valueOf({ layers }, { APP__DB__HOST: "h" })).toEqual({ db: { host: "h" } });
  });

  it("that reach the prototype once they are fitted are refused", async () => {
    for (const key of ["CONSTRUCTOR", "PROTOTYPE", "__PROTO__"]) {
      await expect(valueOf({ layers: [loose([key, "ADMIN"])] })).rejects.toMatchObject({
        code: "DEXT_CONFIG_KEY_REFUSED",
      });
    }
  });
});

describe("an empty variable that counts as not set", () => {
  it("makes no object above it", async () => {
    const schema = z.object({ db: z.object({ host: z.string() }).optional() });
    const definition = { schema, layers: [app], emptyAsUndefined: true };
    expect(await valueOf(definition, { APP__DB__HOST: "" })).toEqual({});
    expect(
      await valueOf(
        { layers: [object({ db: null }), app], emptyAsUndefined: true },
        { APP__DB__HOST: "", APP__DB__POOL__SIZE: "" },
      ),
    ).toEqual({ db: null });
  });

  it("leaves the element of a list as it is", async () => {
    const layers = [object({ list: ["a", "b"] }), app];
    const variables = { APP__LIST__1: "", APP__LIST__2: "" };
    expect(await valueOf({ layers, emptyAsUndefined: true }, variables)).toEqual({ list: ["a", "b"] });
  });

  it("leaves an object that is written as empty", async () => {
    expect(await valueOf({ layers: [object({ db: {} })], emptyAsUndefined: true })).toEqual({ db: {} });
  });
});

it("a list or object in a variable that reaches the prototype is refused", async () => {
  const schema = z.object({ map: z.record(z.string(), z.unknown()) });
  await expect(
    valueOf({ schema, layers: [app] }, { APP__MAP: '{"__proto__":{"admin":true}}' }),
  ).rejects.toMatchObject({ code: "DEXT_CONFIG_KEY_REFUSED" });
});
