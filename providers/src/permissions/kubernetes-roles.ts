import type { KubernetesPermission, Permission } from "../definition/permission.ts";

/** What {@link kubernetesRoles} takes. */
export interface KubernetesRolesOptions {
  /** The service account that the service runs as; absent: roles without bindings. */
  serviceAccount?: string;
  /**
   * The namespace that the service runs in; where a layer names none, this is the one. When absent, the account is taken for
   * the one in the namespace of each object.
   */
  namespace?: string;
  /** What the Role and its RoleBinding are called; `<service account>-config` or `dext-config` when absent. */
  name?: string;
}

/** A Role or a RoleBinding, as `kubectl apply -f` takes it. */
export interface KubernetesRoleManifest {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "Role" | "RoleBinding";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly KubernetesRule[];
  readonly subjects?: readonly {
    readonly kind: "ServiceAccount";
    readonly name: string;
    readonly namespace?: string;
  }[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: "Role"; readonly name: string };
}

/** One rule of a Role. */
export interface KubernetesRule {
  readonly apiGroups: readonly [""];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * The narrowest Roles that allow what layers need, one for each namespace, and their RoleBindings. Objects are named one by
 * one, so the service can neither read nor see others; permissions of other systems are passed over.
 *
 * @example
 * ```ts
 * import { kubernetesApi, kubernetesRoles } from "@dext/providers";
 *
 * const { permissions } = kubernetesApi({ configMap: "shop", namespace: "web" });
 * const [role] = kubernetesRoles(permissions?.({ watch: true }) ?? [], { serviceAccount: "api" });
 * if (role?.rules?.[0]?.resourceNames[0] !== "shop") throw new Error("too wide");
 * ```
 */
export function kubernetesRoles(
  permissions: readonly Permission[],
  { serviceAccount, namespace, name = `${serviceAccount ?? "dext"}-config` }: KubernetesRolesOptions = {},
): readonly KubernetesRoleManifest[] {
  const needed = permissions.filter((each) => each.system === "kubernetes");
  const namespaces = new Set(needed.map((each) => each.namespace ?? namespace));
  return [...namespaces].flatMap((place): readonly KubernetesRoleManifest[] => {
    const metadata = { name, ...(place === undefined ? {} : { namespace: place }) };
    const rules = rulesOf(needed.filter((each) => (each.namespace ?? namespace) === place));
    const role = { apiVersion, kind: "Role", metadata, rules } as const;
    if (serviceAccount === undefined) return [role];
    const home = namespace ?? place;
    const subject = {
      kind: "ServiceAccount",
      name: serviceAccount,
      ...(home === undefined ? {} : { namespace: home }),
    } as const;
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name } as const;
    return [role, { apiVersion, kind: "RoleBinding", metadata, subjects: [subject], roleRef }];
  });
}

/**
 * Manifests as YAML, `---` between them. What only YAML 1.1 takes for something else than text, `no` or `on`, is quoted too:
 * `kubectl` reads it so, https://github.com/kubernetes/kubernetes/issues/34146
 */
export async function formatManifests(manifests: readonly KubernetesRoleManifest[]): Promise<string> {
  const { Document, isSeq, visit } = await import("yaml");
  return manifests
    .map((manifest) => {
      const document = new Document(manifest, { aliasDuplicateObjects: false, compat: "yaml-1.1" });
      // Short lists of words stand in one line, as people write rules.
      visit(document, {
        Seq: (_, list) => void (list.flow = isSeq(list) && list.items.every((item) => isWord(item))),
      });
      return document.toString({ flowCollectionPadding: false, lineWidth: 0 });
    })
    .join("---\n");
}

const apiVersion = "rbac.authorization.k8s.io/v1";

function rulesOf(permissions: readonly KubernetesPermission[]): readonly KubernetesRule[] {
  const verbsOf = new Map<string, { resource: string; name: string; verbs: Set<string> }>();
  for (const { resource, name, verbs } of permissions) {
    const key = `${resource}/${name}`;
    const known = verbsOf.get(key) ?? { resource, name, verbs: new Set() };
    for (const verb of verbs) known.verbs.add(verb);
    verbsOf.set(key, known);
  }
  const rules = new Map<string, { resource: string; names: string[]; verbs: readonly string[] }>();
  for (const { resource, name, verbs } of verbsOf.values()) {
    const key = `${resource} ${[...verbs].join()}`;
    const rule = rules.get(key) ?? { resource, names: [], verbs: [...verbs] };
    rule.names.push(name);
    rules.set(key, rule);
  }
  return [...rules.values()].map(({ resource, names, verbs }) => ({
    apiGroups: [""],
    resources: [resource],
    resourceNames: names,
    verbs,
  }));
}

function isWord(item: unknown): boolean {
  return typeof (item as { value?: unknown }).value === "string";
}
