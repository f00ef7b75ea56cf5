import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppFolder } from "../../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../../fixtures/cli/app-folder.ts";
import { dext } from "../../fixtures/cli/dext-process.ts";

const definition = `
import { consul, defineConfig, env, file, kubernetesApi, vault } from "@dext/providers";

export const definition = defineConfig({
  layers: [
    file("config.yaml"),
    consul({ prefix: "shop/api/" }),
    kubernetesApi({ configMap: ["shop", "shop-features"], secret: "shop-db" }),
    kubernetesApi({ configMap: "shop" }),
    kubernetesApi({ secret: "certificates", namespace: "platform", watch: false }),
    (settings) => vault({ path: settings.require("vault.path"), kvVersion: 2, watch: false }),
    env({ prefix: "APP__" }),
  ],
  watch: true,
});
`;

const role = `# Kubernetes: kubectl apply -f -
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: api-config
  namespace: web
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames: [shop, shop-features]
    verbs: [get, list, watch]
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [shop-db]
    verbs: [get, list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: api-config
  namespace: web
subjects:
  - kind: ServiceAccount
    name: api
    namespace: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: api-config
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: api-config
  namespace: platform
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [certificates]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: api-config
  namespace: platform
subjects:
  - kind: ServiceAccount
    name: api
    namespace: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: api-config
`;

const policy = `# Vault: vault policy write <name> -
path "team/data/api" {
  capabilities = ["read"]
}
`;

const rules = `# Consul: consul acl policy create -name <name> -rules -
key_prefix "shop/api/" {
  policy = "read"
}
`;

let folder: AppFolder;
beforeAll(async () => {
  folder = await createAppFolder({
    "src/config.ts": definition,
    "config.yaml": "vault:\n  path: team/api\n",
    "local.ts": `
      import { defineConfig, env } from "@dext/providers";
      export const definition = defineConfig({ layers: [env({ prefix: "APP__" })] });
    `,
    "unset.ts": `
      import { defineConfig, env, vault } from "@dext/providers";
      export const definition = defineConfig({
        layers: [(settings) => vault({ path: settings.require("vault.path") }), env({ prefix: "NONE__" })],
      });
    `,
  });
});
afterAll(() => folder.remove());

describe("dext config rbac", () => {
  test("prints the narrowest permissions of every system, and asks none of them", async () => {
    const args = ["config", "rbac", "--service-account", "api", "--namespace", "web"];
    const { code, stdout, stderr } = await dext(args, { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe([role, policy, rules].join("\n"));
  });

  test.each([
    ["vault", policy],
    ["consul", rules],
  ])("prints those of %s alone", async (system, wanted) => {
    const { code, stdout } = await dext(["config", "rbac", system], { folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: wanted });
  });

  test("prints Roles without bindings where no service account is named", async () => {
    const { stdout } = await dext(["config", "rbac", "kubernetes"], { folder });
    expect(stdout).toContain("metadata:\n  name: dext-config\nrules:\n");
    expect(stdout).not.toContain("RoleBinding");
  });

  test("--json gives the permissions, and the manifests as objects", async () => {
    const { stdout, stderr } = await dext(["config", "rbac", "--json", "--service-account", "api"], {
      folder,
    });
    const document = JSON.parse(stdout);
    expect(stderr).toContain('The service account "api" is taken for the one in "platform"');
    expect(document).toMatchObject({
      version: 1,
      permissions: [
        { system: "consul", resource: "key_prefix", name: "shop/api/", policy: "read" },
        { system: "kubernetes", resource: "configmaps", name: "shop", verbs: ["get", "list", "watch"] },
        { name: "shop-features" },
        { resource: "secrets", name: "shop-db" },
        { namespace: "platform", name: "certificates", verbs: ["get"] },
        { system: "vault", path: "team/data/api", capabilities: ["read"] },
      ],
      kubernetes: [{ kind: "Role" }, { kind: "RoleBinding" }, { kind: "Role" }, { kind: "RoleBinding" }],
    });
    expect(document.permissions).toHaveLength(6);
    expect(`# Vault: vault policy write <name> -\n${document.vault[0].policy}`).toBe(policy);
  });

  test("says so when nothing is needed", async () => {
    const { code, stdout, stderr } = await dext(["config", "rbac", "--file", "local.ts"], { folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("No layer needs anything of Kubernetes, Vault or Consul");
  });

  test.each([
    [["--file", "unset.ts"], "DEXT_CLI_SETTING_MISSING", 3],
    [["redis"], 'does not take "redis"', 2],
    [["vault", "x"], 'does not take "x"', 2],
  ])("%j is refused: %s", async (args, text, code) => {
    const outcome = await dext(["config", "rbac", ...args], { folder });
    expect(outcome.stdout + outcome.stderr).toContain(text);
    expect(outcome.code).toBe(code);
  });
});
