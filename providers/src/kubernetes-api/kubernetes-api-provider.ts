import type { Timer } from "@dext/core";
import type { KubernetesPermission } from "../definition/permission.ts";
import type {
  ConfigProvider,
  ConfigWatch,
  LoadContext,
  LoadedSource,
  WatchContext,
} from "../definition/provider.ts";
import { isTransient } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { shapeAtNames } from "../names/fit-key.ts";
import { watchInRounds } from "../remote/watch-rounds.ts";
import { objectNode } from "../tree/config-tree.ts";
import type { ObjectNode } from "../tree/config-tree.ts";
import { mergeTrees } from "../tree/merge.ts";
import { ApiClient } from "./api-client.ts";
import { pathOf } from "./api-object.ts";
import type { ApiObject, ObjectMetadata, ObjectReference } from "./api-object.ts";
import { connect } from "./connection.ts";
import type { ConnectionPlan } from "./connection.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";
import { listObjects, missingObjects } from "./object-references.ts";
import { ObjectWatch } from "./object-watch.ts";
import { treeOfObject } from "./tree-of-object.ts";

/** What a layer reads, all defaults in their place. */
export interface KubernetesApiSource {
  objects: readonly ObjectReference[];
  namespace: string | undefined;
  path: readonly string[];
  optional: boolean;
  /** Milliseconds. */
  timeout: number;
  connection: ConnectionPlan;
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

/** Loads and watches the objects of one layer. */
export class KubernetesApiProvider implements ConfigProvider {
  readonly #source: KubernetesApiSource;
  readonly #seen = new Map<ObjectReference, Seen>();
  #cluster: Cluster | undefined;
  /** Where a cluster was looked for in vain, the last time. */
  #looked: readonly string[] = [];
  #watching: WatchContext | undefined;
  #failures = 0;
  #retry: Timer | undefined;

  constructor(source: KubernetesApiSource) {
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
      `There is no cluster to ask for ${listObjects(objects)}: ${looked}`,
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
      context.logger.debug(`The watch of ${listObjects([object])} failed`, {
        error: (error as Error).message,
      });
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
    const failed = new AbortController();
    // A load that one object has made fail is over, and nobody waits for the others, nor ends them, but we.
    const signal = AbortSignal.any([context.signal, failed.signal]);
    try {
      const found = await Promise.all(objects.map((each) => this.#get(each, { cluster, signal })));
      for (const [at, reference] of objects.entries()) this.#seen.set(reference, seenIn(found[at]));
      this.#failures = 0;
      return found;
    } catch (error) {
      failed.abort();
      this.#seen.clear();
      this.#tryAgain(error, context);
      throw error;
    }
  }

  async #get(
    object: ObjectReference,
    { cluster: { client, namespace }, signal }: { cluster: Cluster; signal: AbortSignal },
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
