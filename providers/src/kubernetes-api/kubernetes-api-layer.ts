import { toMilliseconds } from "@dext/core";
import type { KubernetesPermission } from "../definition/permission.ts";
import type { ConfigLayer, LayerOptions } from "../definition/provider.ts";
import { providerOnDemand } from "../remote/provider-on-demand.ts";
import { parsePath } from "../tree/config-path.ts";
import { resourceOf } from "./api-object.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { KubernetesApiProvider, KubernetesApiSource } from "./kubernetes-api-provider.ts";
import { checkObjects, missingObjects } from "./object-references.ts";

/** What {@link kubernetesApi} takes. */
export interface KubernetesApiOptions extends LayerOptions, ConnectionOptions {
  /** ConfigMaps by name, lowest first: of two that have a key, the last one counts. */
  configMap?: string | readonly string[];
  /** Secrets by name, above the ConfigMaps. Every value of theirs is a secret. */
  secret?: string | readonly string[];
  /** Where the objects are; the namespace of the pod or of the context, then `default`, when absent. */
  namespace?: string;
  /** The path below which the keys stand, such as `db`; at the root when absent. */
  at?: string;
}

/**
 * ConfigMaps and Secrets of a cluster, asked of its API: changes arrive within a moment, where a mounted volume takes up to
 * a minute and more. Keys nest and are read as {@link kubernetesVolume} reads them. With `optional`, each object may be absent.
 *
 * In a pod it uses the service account, elsewhere a kubeconfig, for which `@kubernetes/client-node` has to be installed. The
 * service needs the verb `get` on each object by name, and `list` and `watch` where it is watched: `dext config rbac` prints
 * the Role.
 *
 * @throws DextError `DEXT_CONFIG_KUBERNETES_OBJECT_INVALID`; at load `DEXT_CONFIG_SOURCE_UNAVAILABLE`,
 * `DEXT_CONFIG_CLIENT_MISSING`, the other codes `DEXT_CONFIG_KUBERNETES_*`, and what files throw
 *
 * @example
 * ```ts
 * import { defineConfig, env, kubernetesApi } from "@dext/providers";
 *
 * export const definition = defineConfig({
 *   layers: [
 *     kubernetesApi({ configMap: "shop" }),
 *     kubernetesApi({ secret: "shop-db", at: "db" }), // its key `password` becomes `db.password`
 *     env({ prefix: "APP__" }),
 *   ],
 *   watch: true,
 * });
 * ```
 */
export function kubernetesApi(options: KubernetesApiOptions): ConfigLayer {
  const { configMap, secret, namespace, at, kubeconfig, context, serviceAccountFolder, ...layer } = options;
  const objects = checkObjects({ configMap, secret, namespace });
  const path = at === undefined ? [] : parsePath(at);
  const names = objects.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`).join(", ");
  const permissions = ({ watch }: { watch: boolean }): readonly KubernetesPermission[] =>
    objects.map(({ kind, name }) => ({
      system: "kubernetes",
      ...(namespace === undefined ? {} : { namespace }),
      resource: resourceOf[kind],
      name,
      verbs: watch ? ["get", "list", "watch"] : ["get"],
    }));
  const timeout = toMilliseconds(layer.timeout ?? "10s");
  const source: KubernetesApiSource = {
    objects,
    namespace,
    path,
    optional: layer.optional === true,
    timeout,
    connection: {
      // Sooner than the load is over, whose error would not name the program.
      programTimeout: timeout * 0.8,
      proxyTimeout: timeout,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      ...(serviceAccountFolder === undefined ? {} : { serviceAccountFolder }),
    },
    // Who is refused one verb wants to know all that are needed.
    permissions: permissions({ watch: layer.watch !== false }),
  };
  return {
    ...layer,
    provider: "kubernetes-api",
    label: namespace === undefined ? names : `${names} in ${namespace}`,
    permissions,
    create: () => {
      let made: KubernetesApiProvider | undefined;
      const missing = (): Error => made?.missing() ?? missingObjects(objects, namespace ?? "default");
      const provided = providerOnDemand(async () => {
        const module = await import("./kubernetes-api-provider.ts");
        return (made = new module.KubernetesApiProvider(source));
      });
      return { ...provided, missing };
    },
  };
}
