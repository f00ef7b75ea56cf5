import { toMilliseconds } from "@dext/core";
import type { Timer } from "@dext/core";
import type { KubernetesPermission } from "../definition/permission.ts";
import type {
  ConfigLayer,
  ConfigProvider,
  ConfigWatch,
  LayerOptions,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "../definition/provider.ts";
import { isTransient } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { shapeAtNames } from "../names/fit-key.ts";
import { watchInRounds } from "../remote/watch-rounds.ts";
import { parsePath } from "../tree/config-path.ts";
import { objectNode } from "../tree/config-tree.ts";
import type { ObjectNode } from "../tree/config-tree.ts";
import { mergeTrees } from "../tree/merge.ts";
import { ApiClient } from "./api-client.ts";
import { pathOf, resourceOf } from "./api-object.ts";
import type { ApiObject, ObjectMetadata, ObjectReference } from "./api-object.ts";
import { connect } from "./connection.ts";
import type { ConnectionOptions } from "./connection.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";
import { checkObjects } from "./object-references.ts";
import { ObjectWatch } from "./object-watch.ts";
import { provider, treeOfObject } from "./tree-of-object.ts";

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
  return {
    ...layer,
    provider,
    label: namespace === undefined ? names : `${names} in ${namespace}`,
    permissions,
    create: () =>
      new KubernetesApiProvider({
        objects,
        namespace,
        path,
        optional: layer.optional === true,
        timeout: toMilliseconds(layer.timeout ?? "10s"),
        connection: {
          ...(kubeconfig === undefined ? {} : { kubeconfig }),
          ...(context === undefined ? {} : { context }),
          ...(serviceAccountFolder === undefined ? {} : { serviceAccountFolder }),
        },
        // Who is refused one verb wants to know all that are needed.
        permissions: permissions({ watch: layer.watch !== false }),
      }),
  };
}

interface Source {
  objects: readonly ObjectReference[];
  namespace: string | undefined;
  path: readonly string[];
  optional: boolean;
  /** Milliseconds. */
  timeout: number;
  connection: ConnectionOptions;
  permissions: readonly KubernetesPermission[];
}

/** A cluster with the namespace that is meant there. */
interface Cluster {
  client: ApiClient;
  namespace: string;
}

/** What was loaded of an object: its absence, too, is known. */
type Seen = "absent" | { uid: string | undefined; version: string | undefined; immutable: boolean };

/** So many watches in a row that do not come about are worth telling, though the source can be loaded. */
const worrying = 3;

class KubernetesApiProvider implements ConfigProvider {
  readonly #source: Source;
  readonly #seen = new Map<ObjectReference, Seen>();
  #cluster: Cluster | undefined;
  /** Where a cluster was looked for in vain, the last time. */
  #looked: readonly string[] = [];
  #watching: WatchContext | undefined;
  #failures = 0;
  #retry: Timer | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  async load(context: LoadContext): Promise<LoadedSource | undefined> {
    const cluster = await this.#reach(context);
    if (cluster === undefined) return undefined;
    const { objects, optional, path } = this.#source;
    const found = await this.#read(cluster, context);
    const absent = objects.filter((_, at) => found[at] === undefined);
    if (absent.length === objects.length) return undefined;
    if (absent.length > 0 && !optional) throw missingObjects(absent, cluster.namespace);
    const { namespace } = cluster;
    const { shape } = context;
    const trees: ObjectNode[] = [];
    for (const [at, reference] of objects.entries()) {
      const object = found[at];
      if (object === undefined) continue;
      trees.push(
        below(await treeOfObject(object, { reference, namespace, shape: shapeAtNames(shape, path) }), path),
      );
    }
    const [only] = trees;
    if (trees.length === 1 && only !== undefined) return { tree: only };
    return { tree: mergeTrees(trees, { shape, listRule: () => "replace", emptyAsUndefined: false }) };
  }

  missing(): Error {
    const { objects, namespace } = this.#source;
    if (this.#cluster !== undefined) return missingObjects(objects, this.#cluster.namespace);
    const looked = this.#looked.join("; ");
    return kubernetesApiError(
      "DEXT_CONFIG_KUBERNETES_CONNECTION_MISSING",
      `There is no cluster to ask for ${list(objects)}: ${looked}`,
      {
        hint: 'Run it in a cluster, give a "kubeconfig", or make the layer optional.',
        details: { looked: this.#looked, ...(namespace === undefined ? {} : { namespace }) },
      },
    );
  }

  async watch(context: WatchContext): Promise<ConfigWatch> {
    const cluster = await this.#reach(context);
    // Nobody becomes part of a cluster while running.
    if (cluster === undefined) return { close: () => {} };
    this.#watching = context;
    const watches = this.#source.objects.map((reference) =>
      this.#watchObject(reference, { cluster, context }),
    );
    return {
      close: async () => {
        this.close();
        await Promise.all(watches.map(async (each) => each.close()));
      },
    };
  }

  close(): void {
    this.#watching = undefined;
    this.#retry?.clear();
  }

  #watchObject(
    object: ObjectReference,
    { cluster, context }: { cluster: Cluster; context: WatchContext },
  ): ConfigWatch {
    const { permissions, timeout } = this.#source;
    let failures = 0;
    const watch = new ObjectWatch({
      client: cluster.client,
      context,
      target: { object, namespace: cluster.namespace, permissions },
      timeout,
      isNews: (found) => this.#isNews(object, found),
      onOpen() {
        // A load tells that the source is back.
        if (failures > 0) context.onChange();
        failures = 0;
      },
    });
    const onError = (error: unknown): void => {
      failures += 1;
      context.logger.debug(`The watch of ${list([object])} failed`, { error: (error as Error).message });
      // Connections break now and then. Whether the source is offline, a load shows; it may also be the watch alone.
      if (isTransient(error) && failures < worrying) context.onChange();
      else context.onError(error);
    };
    return watchInRounds({ ...context, onError }, (signal) => watch.round(signal));
  }

  async #reach(context: LoadContext): Promise<Cluster | undefined> {
    if (this.#cluster !== undefined) return this.#cluster;
    const connection = await connect(this.#source.connection, context);
    if ("absent" in connection) {
      this.#looked = connection.absent;
      return undefined;
    }
    this.#cluster = {
      client: new ApiClient(connection, context.clock),
      namespace: this.#source.namespace ?? connection.namespace ?? "default",
    };
    return this.#cluster;
  }

  async #read(cluster: Cluster, context: LoadContext): Promise<readonly (ApiObject | undefined)[]> {
    const { objects } = this.#source;
    try {
      const found = await Promise.all(objects.map((each) => this.#get(each, { cluster, context })));
      for (const [at, reference] of objects.entries()) this.#seen.set(reference, seenIn(found[at]));
      this.#failures = 0;
      return found;
    } catch (error) {
      this.#seen.clear();
      this.#tryAgain(error, context);
      throw error;
    }
  }

  async #get(
    object: ObjectReference,
    { cluster: { client, namespace }, context: { signal } }: { cluster: Cluster; context: LoadContext },
  ): Promise<ApiObject | undefined> {
    const { kind, name } = object;
    const { permissions } = this.#source;
    const found = (await client.json({
      verb: "get",
      object,
      namespace,
      permissions,
      path: pathOf(kind, { namespace, name }),
      accept: "application/json",
      signal,
    })) as ApiObject | null | undefined;
    if (found === undefined || found?.kind === kind) return found;
    throw kubernetesApiError(
      "DEXT_CONFIG_KUBERNETES_ANSWER_INVALID",
      `The API of Kubernetes answered with something else than the ${kind} "${name}"`,
      { hint: "Look at the address of the cluster.", details: { kind, name } },
    );
  }

  /** What is refused may be allowed later, and no watch tells of it; what does not answer is tried again anyway. */
  #tryAgain(error: unknown, { clock, random, signal }: LoadContext): void {
    const watching = this.#watching;
    if (watching === undefined || signal.aborted || isTransient(error)) return;
    this.#failures += 1;
    this.#retry?.clear();
    this.#retry = clock.setTimer(() => watching.onChange(), {
      milliseconds: retryPause(this.#failures + 2, random),
      unref: true,
    });
  }

  #isNews(reference: ObjectReference, found: ObjectMetadata | undefined): boolean {
    const seen = this.#seen.get(reference);
    if (seen === undefined) return true;
    if (seen === "absent" || found === undefined) return (seen === "absent") !== (found === undefined);
    if (seen.uid !== found.uid) return true;
    // The data of an immutable object changes only when another one takes its name.
    return !seen.immutable && seen.version !== found.resourceVersion;
  }
}

function seenIn(object: ApiObject | undefined): Seen {
  if (object === undefined) return "absent";
  const { metadata, immutable = false } = object;
  return { uid: metadata?.uid, version: metadata?.resourceVersion, immutable };
}

function below(tree: ObjectNode, path: readonly string[]): ObjectNode {
  return path.reduceRight<ObjectNode>(
    (inner, key) => objectNode([[key, inner]], { origin: inner.origin }),
    tree,
  );
}

function missingObjects(objects: readonly ObjectReference[], namespace: string): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_OBJECT_MISSING",
    `There is no ${list(objects)} in the namespace "${namespace}"`,
    {
      hint: "Create it, name the namespace, or make the layer optional.",
      details: { namespace, missing: objects.map(({ kind, name }) => `${kind}/${name}`) },
    },
  );
}

function list(objects: readonly ObjectReference[]): string {
  return objects.map(({ kind, name }) => `${kind} "${name}"`).join(", ");
}
