import { loadConfig, object } from "@dext/providers";
import type { DextError } from "@dext/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { expect, it } from "vitest";
import { z } from "zod";

async function failureOf(
  schema: StandardSchemaV1,
  { values, secrets = [] }: { values: Record<string, unknown>; secrets?: readonly string[] },
): Promise<DextError> {
  try {
    await loadConfig(
      { schema, secrets, layers: [object(values)] },
      { variables: {}, args: [], environment: "development" },
    );
  } catch (error) {
    return error as DextError;
  }
  throw new Error("It loaded");
}

const parsing = z.object({ json: z.string().transform((text) => JSON.parse(text) as unknown) });

it("a schema that throws is told with its place", async () => {
  const error = await failureOf(parsing, { values: { json: "{broken" } });
  expect(error.code).toBe("DEXT_CONFIG_SCHEMA_FAILED");
  expect(error.message).toMatch(/^The schema threw an error at .*validate\.test\.ts:\d+:\d+: .*JSON/);
  expect(error.cause).toBeInstanceOf(SyntaxError);
  const later: StandardSchemaV1 = {
    "~standard": { version: 1, vendor: "later", validate: () => Promise.reject(new Error("no answer")) },
  };
  expect((await failureOf(later, { values: {} })).message).toMatch(/: no answer$/);
});

it("a schema that throws repeats no secret", async () => {
  const error = await failureOf(parsing, { values: { json: "hunter2" }, secrets: ["json"] });
  expect(error.code).toBe("DEXT_CONFIG_SCHEMA_FAILED");
  expect(error.message).toMatch(/validate\.test\.ts:\d+:\d+ \(its words are held back/);
  expect(error.cause).toBeUndefined();
  expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain("hunter2");
});

it("a schema that throws when text is tried as a number keeps its own fault", async () => {
  const number = z.object({ port: z.preprocess((text) => (text as string).trim(), z.number()) });
  // Tells nothing of itself, so that types are guessed.
  const silent: StandardSchemaV1 = {
    "~standard": { version: 1, vendor: "silent", validate: (value) => number["~standard"].validate(value) },
  };
  const error = await failureOf(silent, { values: { port: "80" } });
  expect(error.code).toBe("DEXT_CONFIG_INVALID");
  expect(error.message).toContain('"port"');
});

it("keys that a strict object does not know are told beside secrets, each with its place", async () => {
  const schema = z.strictObject({ password: z.string(), port: z.number() });
  const error = await failureOf(schema, {
    values: { password: "hunter2", port: 1, prot: 2, hots: 3 },
    secrets: ["password"],
  });
  expect(error.message).toContain('"prot": is not known to the schema (object defaults)');
  expect(error.message).toContain('"hots": is not known to the schema (object defaults)');
});
