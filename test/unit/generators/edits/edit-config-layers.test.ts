import { describe, expect, it } from "vitest";
import { editConfigLayers } from "../../../../generators/src/edits/edit-config-layers.ts";

const edit = { layer: "consul", options: '{ prefix: "api/", connection: "store" }', connection: "store" };

function textOf(source: string): string {
  const result = editConfigLayers(source, edit);
  return result.outcome === "unsafe" ? result.reason : result.text;
}

describe("adding a layer to a configuration", () => {
  it.each([
    [
      "below the variables, each layer on a line",
      'import { defineConfig, env, file } from "@dext/providers";\ndefineConfig({\n  layers: [\n    file("a.yaml"), // ours\n    env({ prefix: "APP__" }),\n  ],\n});\n',
      'import { consul, defineConfig, env, file } from "@dext/providers";\ndefineConfig({\n  layers: [\n    file("a.yaml"), // ours\n    consul({ prefix: "api/", connection: "store" }),\n    env({ prefix: "APP__" }),\n  ],\n});\n',
    ],
    [
      "below the variables, all layers on one line",
      "import { defineConfig, object, env } from '@dext/providers'\nexport default defineConfig({ layers: [object({}), env()] })\n",
      'import { consul, defineConfig, object, env } from \'@dext/providers\'\nexport default defineConfig({ layers: [object({}), consul({ prefix: "api/", connection: "store" }), env()] })\n',
    ],
    [
      "last, where there are no variables",
      'import { defineConfig, object } from "@dext/providers";\ndefineConfig({ layers: [object({})] });\n',
      'import { consul, defineConfig, object } from "@dext/providers";\ndefineConfig({ layers: [object({}), consul({ prefix: "api/", connection: "store" })] });\n',
    ],
    [
      "alone, where there are no layers",
      'import { consul, defineConfig } from "@dext/providers";\r\ndefineConfig({ layers: [] });\r\n',
      'import { consul, defineConfig } from "@dext/providers";\r\ndefineConfig({ layers: [consul({ prefix: "api/", connection: "store" })] });\r\n',
    ],
  ])("puts it %s", (_, source, expected) => {
    expect(textOf(source)).toBe(expected);
    expect(editConfigLayers(expected, edit)).toEqual({ outcome: "unchanged", text: expected });
  });

  it("adds a second one of another connection", () => {
    const source =
      'import { consul, defineConfig } from "@dext/providers";\ndefineConfig({ layers: [consul({ prefix: "x/", connection: "other" })] });\n';
    expect(textOf(source)).toContain(
      'connection: "other" }), consul({ prefix: "api/", connection: "store" })]',
    );
  });

  it.each([
    ["export const definition = ;", "it cannot be parsed"],
    [
      "export const definition = defineConfig({ layers: [] });",
      "it imports nothing of @dext/providers by name",
    ],
    [
      'import { defineConfig } from "@dext/providers";\ndefineConfig(options);',
      "it has not one defineConfig() with a list of layers",
    ],
    [
      'import { defineConfig } from "@dext/providers";\ndefineConfig({ layers: [] });\ndefineConfig({ layers: [] });',
      "it has not one defineConfig() with a list of layers",
    ],
  ])("leaves %j alone: %s", (source, reason) => {
    expect(editConfigLayers(source, edit)).toEqual({ outcome: "unsafe", reason });
  });
});
