import { env, loadConfig, object } from "@dext/providers";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const surroundings = { args: [], environment: "development" };

interface Branch {
  maxSize: number;
  next?: Branch | null | undefined;
  parts?: Branch[] | undefined;
}

const zod: z.ZodType<Branch> = z.object({
  maxSize: z.number(),
  get next() {
    return zod.nullable().optional();
  },
  get parts() {
    return z.array(zod).optional();
  },
});

const valibot: v.GenericSchema<Branch> = v.pipe(
  v.object({
    maxSize: v.number(),
    next: v.nullish(v.lazy(() => valibot)),
    parts: v.optional(v.array(v.lazy(() => valibot))),
  }),
  v.check(({ maxSize }) => maxSize > 0),
);

describe.each<[string, StandardSchemaV1<unknown, Branch>]>([
  ["zod", zod],
  ["valibot", valibot],
])("a schema of %s that contains itself", (_library, schema) => {
  it("has names fitted to it at any depth", async () => {
    const variables = {
      A__MAX_SIZE: "1",
      A__NEXT__MAX_SIZE: "2",
      A__NEXT__NEXT__MAX_SIZE: "3",
      A__PARTS__0__PARTS__0__MAX_SIZE: "5",
      A__PARTS__0__MAX_SIZE: "4",
    };
    const config = await loadConfig(
      { schema, layers: [env({ prefix: "A__" })] },
      { ...surroundings, variables },
    );
    expect(config.value).toEqual({
      maxSize: 1,
      next: { maxSize: 2, next: { maxSize: 3 } },
      parts: [{ maxSize: 4, parts: [{ maxSize: 5 }] }],
    });
  });

  it("knows its keys at any depth", async () => {
    const values = {
      maxSize: 1,
      next: { maxSize: 2, parts: [{ maxSize: 3, next: { maxSize: 4, next: null } }] },
    };
    const load = (layer: Record<string, unknown>): Promise<unknown> =>
      loadConfig(
        { schema, strict: true, layers: [object(values), object(layer)] },
        { ...surroundings, variables: {} },
      );
    await expect(load({})).resolves.toMatchObject({ value: values });
    await expect(load({ next: { next: { next: { maxSize: 1, sizeMax: 1 } } } })).rejects.toMatchObject({
      message: expect.stringContaining('"next.next.next.sizeMax": is not known to the schema') as string,
    });
  });
});
