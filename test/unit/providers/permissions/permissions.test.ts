import { consulRules, formatManifests, kubernetesRoles, vaultPolicy } from "@dext/providers";
import type { ConsulPermission, KubernetesPermission, VaultPermission } from "@dext/providers";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

function configMap(name: string, other: Partial<KubernetesPermission> = {}): KubernetesPermission {
  return { system: "kubernetes", resource: "configmaps", name, verbs: ["get"], ...other };
}

function vaultPath(path: string, other: Partial<VaultPermission> = {}): VaultPermission {
  return { system: "vault", path, capabilities: ["read"], ...other };
}

function keys(name: string, other: Partial<ConsulPermission> = {}): ConsulPermission {
  return { system: "consul", resource: "key_prefix", name, policy: "read", ...other };
}

describe("kubernetesRoles", () => {
  test("puts objects with the same verbs in one rule, and joins the verbs of one object", () => {
    const roles = kubernetesRoles([
      configMap("a"),
      configMap("b"),
      configMap("a", { verbs: ["get", "list", "watch"] }),
      configMap("c", { resource: "secrets" }),
      vaultPath("elsewhere"),
    ]);
    expect(roles).toHaveLength(1);
    expect(roles[0]?.rules).toEqual([
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["a"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["b"], verbs: ["get"] },
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["c"], verbs: ["get"] },
    ]);
  });

  test("makes a Role in each namespace, bound to the account where the service runs", () => {
    const options = { serviceAccount: "api", namespace: "web" };
    const roles = kubernetesRoles([configMap("a"), configMap("b", { namespace: "platform" })], options);
    expect(roles.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}`)).toEqual([
      "Role web",
      "RoleBinding web",
      "Role platform",
      "RoleBinding platform",
    ]);
    expect(roles[3]?.subjects).toEqual([{ kind: "ServiceAccount", name: "api", namespace: "web" }]);
    expect(kubernetesRoles([])).toEqual([]);
  });

  test("writes names that YAML would take for something else as text", async () => {
    const names = ["true", "1e3", "null", "0x1", "0o7", "no", "on", "y", "0b1", "2024-01-01"];
    const text = await formatManifests(kubernetesRoles(names.map((name) => configMap(name))));
    // kubectl reads what either version has.
    for (const version of ["1.1", "1.2"] as const) {
      const [role] = parseAllDocuments(text, { version }).map(
        (document) => document.toJS() as { rules: unknown[] },
      );
      expect(role?.rules[0]).toMatchObject({ resourceNames: names });
    }
  });
});

describe("vaultPolicy", () => {
  test("joins the capabilities of one path, and keeps to one namespace", () => {
    const needed = [
      vaultPath('team/data/"api"'),
      vaultPath('team/data/"api"', { capabilities: ["read", "list"] }),
      vaultPath("elsewhere", { namespace: "team-a" }),
      configMap("shop"),
    ];
    expect(vaultPolicy(needed)).toBe('path "team/data/\\"api\\"" {\n  capabilities = ["read", "list"]\n}\n');
    expect(vaultPolicy(needed, { namespace: "team-a" })).toContain('path "elsewhere"');
    expect(vaultPolicy([])).toBe("");
  });
});

describe("consulRules", () => {
  test("puts rules of a partition and a namespace into their blocks, and the wider one of two on a key", () => {
    const rules = consulRules([
      keys("shop/"),
      keys("shop/", { policy: "list" }),
      keys("shop/"),
      keys("one", { resource: "key", partition: "team", namespace: "web" }),
    ]);
    expect(rules).toBe(`key_prefix "shop/" {
  policy = "list"
}

partition "team" {
  namespace "web" {
    key "one" {
      policy = "read"
    }
  }
}
`);
  });
});
