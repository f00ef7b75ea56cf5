import { tmpdir } from "node:os";
import { defineConfig, env, file, kubernetesApi, kubernetesVolume, object, vault } from "@dext/providers";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { neededPermissions } from "../../../../cli/src/config/needed-permissions.ts";

describe("neededPermissions", () => {
  test("needs none of the files that only the service has, as long as others have the settings of its layers", async () => {
    const definition = defineConfig({
      layers: [
        object({ vault: { path: "team/api" } }),
        file("only-in-the-image.yaml"),
        kubernetesVolume("/etc/only-in-the-pod"),
        kubernetesApi({ configMap: "shop" }),
        (settings) => vault({ path: settings.require("vault.path"), kvVersion: 2 }),
      ],
    });
    const surroundings = { directory: tmpdir(), environment: "test" };
    expect(await neededPermissions(definition, surroundings)).toMatchObject([
      { system: "kubernetes", name: "shop", verbs: ["get"] },
      { system: "vault", path: "team/data/api", capabilities: ["read"] },
    ]);
  });

  test("fails where nothing has a setting", async () => {
    const definition = defineConfig({
      layers: [file("absent.yaml"), (settings) => vault({ path: settings.require("vault.path") })],
    });
    const surroundings = { directory: tmpdir(), environment: "test" };
    await expect(neededPermissions(definition, surroundings)).rejects.toMatchObject({
      code: "DEXT_CLI_SETTING_MISSING",
    });
  });

  test.each([
    ["zod", z.object({ vault: z.object({ mountPath: z.string() }), port: z.number() })],
    ["valibot", v.object({ vault: v.object({ mountPath: v.string() }), port: v.number() })],
    ["arktype", type({ vault: { mountPath: "string" }, port: "number" })],
  ])(
    "finds settings among the variables that a schema of %s names, and checks nothing",
    async (_, schema) => {
      const definition = defineConfig({
        schema,
        layers: [env(), (settings) => vault({ path: settings.require("vault.mountPath"), kvVersion: 1 })],
      });
      vi.stubEnv("VAULT__MOUNT_PATH", "team/api");
      const needed = await neededPermissions(definition, { directory: tmpdir(), environment: "test" });
      vi.unstubAllEnvs();
      expect(needed).toMatchObject([{ path: "team/api" }]);
    },
  );
});
