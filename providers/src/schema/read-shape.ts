import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";
import { shapeOfJsonSchema } from "./json-schema-shape.ts";
import type { Shape } from "./shape.ts";
import { shapeOfValibot } from "./valibot-shape.ts";

/**
 * The keys and types that a schema wants, or undefined where its library does not tell. Without them everything works
 * but that names from the environment are fitted to lower layers only, and that `strict` knows no unknown key.
 *
 * Zod from 4.2 and ArkType from 2.1.28 tell by https://standardschema.dev/json-schema, Valibot by its own members.
 */
export function readShape(schema: StandardSchemaV1): Shape | undefined {
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> = schema["~standard"];
  if (standard.vendor === "valibot") return shapeOfValibot(schema);
  try {
    const json = standard.jsonSchema?.input({
      target: "draft-2020-12",
      // Dates, transforms and the like have no JSON Schema; the rest of the schema has.
      libraryOptions: { unrepresentable: "any", fallback: (context: { base: unknown }) => context.base },
    });
    return json === undefined ? undefined : shapeOfJsonSchema(json);
  } catch {
    // A schema that cannot be expressed: it validates all the same.
    return undefined;
  }
}
