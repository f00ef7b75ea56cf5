import { loadConfig, object, objectNode, valueNode } from "@dext/providers";
import type { Config, ConfigLayer } from "@dext/providers";
import { silentLogger } from "@dext/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, it } from "vitest";
import { z } from "zod";

/** A source whose value, place and secrecy the test sets. */
class Source {
  value: string | number = 1;
  line = 1;
  secret = false;

  get layer(): ConfigLayer {
    return {
      provider: "own",
      label: "own",
      create: () => ({
        load: () => {
          const origin = { provider: "own", location: `line ${this.line}` };
          const node = valueNode(this.value, { origin, secret: this.secret });
          return Promise.resolve({ tree: objectNode([["a", node]], { origin }) });
        },
      }),
    };
  }
}

const surroundings = { variables: {}, args: [], environment: "development" };

describe("a listener", () => {
  it("that begins anew while it is called is not called twice for one change", async () => {
    const source = new Source();
    const config: Config = await loadConfig({ layers: [source.layer] }, surroundings);
    let calls = 0;
    const listen = (): (() => void) =>
      config.onChange(() => {
        calls += 1;
        end();
        if (calls < 100) end = listen();
      });
    let end = listen();
    source.value = 2;
    await config.reload();
    expect(calls).toBe(1);
    source.value = 3;
    await config.reload();
    expect(calls).toBe(2);
  });

  it("on a path with a star is given what stands above that", async () => {
    let values: Record<string, unknown> = { db: { host: "a" }, other: 1 };
    const layer: ConfigLayer = {
      provider: "own",
      label: "own",
      create: () => ({ load: (context) => object(values).create().load(context) }),
    };
    const config: Config = await loadConfig({ layers: [layer] }, surroundings);
    const heard: unknown[] = [];
    config.onChange("db.*", (next, previous) => heard.push([next, previous]));
    values = { db: { host: "a" }, other: 2 };
    await config.reload();
    values = { db: { host: "b" }, other: 2 };
    await config.reload();
    expect(heard).toEqual([[{ host: "b" }, { host: "a" }]]);
  });

  it("that is ended by another one is not called any more", async () => {
    const source = new Source();
    const config: Config = await loadConfig({ layers: [source.layer] }, surroundings);
    const heard: string[] = [];
    config.onChange(() => {
      heard.push("first");
      end();
    });
    const end = config.onChange(() => void heard.push("second"));
    source.value = 2;
    await config.reload();
    expect(heard).toEqual(["first"]);
  });

  it("whose promise rejects is told to the logger, as one that throws is", async () => {
    const source = new Source();
    const errors: unknown[] = [];
    const logger = {
      ...silentLogger,
      error: (_message: string, fields?: { readonly error?: unknown }) => void errors.push(fields?.error),
    };
    const config: Config = await loadConfig({ layers: [source.layer] }, { ...surroundings, logger });
    const [now, later] = [new Error("now"), new Error("later")];
    config.onChange(() => {
      throw now;
    });
    config.onChange(() => Promise.reject(later));
    source.value = 2;
    await config.reload();
    await new Promise(setImmediate);
    expect(errors).toEqual([now, later]);
  });
});

describe("values that are the same after a reload", () => {
  it("are explained by the place where they stand now, and keep generation and identity", async () => {
    const source = new Source();
    const config: Config = await loadConfig({ layers: [source.layer] }, surroundings);
    const before = config.value;
    source.line = 7;
    await config.reload();
    expect(config.explain("a")[0]?.origin.location).toBe("line 7");
    expect(config.generation).toBe(1);
    expect(config.value).toBe(before);
  });

  it("are masked when they have become secrets", async () => {
    const source = new Source();
    const config: Config = await loadConfig({ layers: [source.layer] }, surroundings);
    source.secret = true;
    await config.reload();
    expect(JSON.stringify(config.value)).toBe('{"a":"***"}');
    expect(config.generation).toBe(1);
  });
});

it("a list without content is told as a change where the schema has a default for none", async () => {
  const schema = z.object({ list: z.array(z.string()).default(["default"]) });
  let values: Record<string, unknown> = {};
  const layer: ConfigLayer = {
    provider: "own",
    label: "own",
    create: () => object(values).create(),
  };
  const changing: ConfigLayer = {
    ...layer,
    create: () => ({ load: (context) => layer.create().load(context) }),
  };
  const config = await loadConfig({ schema, layers: [changing] }, surroundings);
  const heard: unknown[] = [];
  config.onChange("list", (next, previous) => heard.push([next, previous]));
  values = { list: [] };
  await config.reload();
  expect(heard).toEqual([[[], ["default"]]]);
});

describe("close", () => {
  it("ends a reload that waits for a source, which is told that it was closed", async () => {
    const source = new Source();
    const { layer } = source;
    let isHanging = false;
    const hanging: ConfigLayer = {
      ...layer,
      create: () => ({
        load: (context) => (isHanging ? new Promise(() => undefined) : layer.create().load(context)),
      }),
    };
    const config: Config = await loadConfig({ layers: [hanging] }, surroundings);
    isHanging = true;
    const reloads = [config.reload(), config.reload()].map((each) => each.catch((error: unknown) => error));
    await config.close();
    for (const error of await Promise.all(reloads))
      expect(error).toMatchObject({ code: "DEXT_CONFIG_CLOSED" });
    expect(config.value).toEqual({ a: 1 });
  });

  it("ends a reload that waits for the schema, and tells listeners nothing of it", async () => {
    let isHanging = false;
    const schema: StandardSchemaV1 = {
      "~standard": {
        version: 1,
        vendor: "slow",
        validate: (value) => (isHanging ? new Promise(() => undefined) : { value }),
      },
    };
    const config = await loadConfig(
      { schema, layers: [new Source().layer], validationTimeout: "1h" },
      surroundings,
    );
    const events: unknown[] = [];
    config.onEvent((event) => events.push(event));
    isHanging = true;
    const reload = config.reload().catch((error: unknown) => error);
    await new Promise(setImmediate);
    await config.close();
    expect(await reload).toMatchObject({ code: "DEXT_CONFIG_CLOSED" });
    expect(events).toEqual([]);
  });
});
