import type { WatchContext } from "../definition/provider.ts";
import { sourceUnavailable } from "../definition/source-errors.ts";
import { retryPause } from "../loading/layer-source.ts";
import { pause } from "../remote/watch-rounds.ts";
import type { ApiClient, ApiRequest } from "./api-client.ts";
import { pathOf } from "./api-object.ts";
import type { ObjectMetadata } from "./api-object.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";
import { startPatience } from "./patience.ts";
import type { Patience } from "./patience.ts";
import { VersionExpired } from "./refusal.ts";
import type { RefusalContext } from "./refusal.ts";
import { watchEvents } from "./watch-events.ts";
import type { WatchEvent } from "./watch-events.ts";

/** What one watch needs. */
export interface ObjectWatchOptions {
  client: ApiClient;
  context: WatchContext;
  /** The object, its namespace, and what the layer is to be allowed. */
  target: Omit<RefusalContext, "verb">;
  /** Milliseconds until an answer has to begin. */
  timeout: number;
  /** Whether the object as it is now, or its absence, is other than what was loaded. */
  isNews: (found: ObjectMetadata | undefined) => boolean;
  /** A stream has begun. */
  onOpen: () => void;
}

/**
 * Only what is noted about an object is listed and watched, its data is not: a load gets it whole, once for many changes,
 * and values of a Secret never travel in a stream. Servers that cannot do that give the object.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources
 */
const metadataOnly = (kind: string): string =>
  `application/json;as=${kind};g=meta.k8s.io;v=v1,application/json`;

/**
 * How long a stream may be silent. Servers send a bookmark about each minute, so one of which two are missing is a
 * connection to nobody; where there are none, beginning again from the last version costs one request.
 */
const longestSilence = 150_000;

/** After a stream that ended sooner the next one does not begin at once: something ends them all. */
const shortStream = 5_000;

/**
 * Watches one object: lists it by name, then watches from the version of the list, on and on from the last version that an
 * event or a bookmark told. When the server no longer has that version, it lists again.
 */
export class ObjectWatch {
  readonly #options: ObjectWatchOptions;
  /** The version of the collection up to which all is known; undefined: list first. */
  #version: string | undefined;
  #shortStreams = 0;

  constructor(options: ObjectWatchOptions) {
    this.#options = options;
  }

  /**
   * One stream from its beginning to its end, with a list in front of it where one is needed.
   *
   * @throws DextError when a request fails, or the stream tells of an error or gives garbage
   */
  async round(signal: AbortSignal): Promise<void> {
    const { context, timeout } = this.#options;
    const { clock, random } = context;
    const begin = clock.monotonic();
    const patience = startPatience({ clock, signal }, timeout);
    try {
      this.#version ??= await this.#list(patience);
      await this.#stream(this.#version, patience);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof VersionExpired)) throw patience.isOver ? this.#tooSlow() : error;
      this.#version = undefined;
    } finally {
      patience.end();
    }
    this.#shortStreams = clock.monotonic() - begin < shortStream ? this.#shortStreams + 1 : 0;
    if (this.#shortStreams === 0) return;
    await pause(context, { milliseconds: retryPause(this.#shortStreams, random), signal });
  }

  async #list(patience: Patience): Promise<string> {
    const { client, target, isNews, context, timeout } = this.#options;
    const list = (await client.json({
      ...this.#request("list", patience),
      accept: metadataOnly("PartialObjectMetadataList"),
    })) as { metadata?: ObjectMetadata; items?: readonly { metadata?: ObjectMetadata }[] } | null | undefined;
    const version = list?.metadata?.resourceVersion;
    if (version === undefined || !Array.isArray(list?.items)) throw notAList();
    const found = list.items.find(({ metadata }) => metadata?.name === target.object.name);
    if (isNews(found?.metadata)) context.onChange();
    patience.renew(timeout);
    return version;
  }

  async #stream(version: string, patience: Patience): Promise<void> {
    const { client, context, onOpen } = this.#options;
    const response = await client.open({
      ...this.#request("watch", patience, {
        watch: "true",
        resourceVersion: version,
        allowWatchBookmarks: "true",
        // As Kubernetes' own clients: the server ends streams after five to ten minutes, and not all of them together.
        timeoutSeconds: String(Math.round(300 * (1 + context.random()))),
      }),
      accept: metadataOnly("PartialObjectMetadata"),
    });
    if (response === undefined) return;
    onOpen();
    patience.renew(longestSilence);
    try {
      for await (const event of watchEvents(heard(response, patience))) this.#take(event);
    } catch (error) {
      // A connection that broke is as good as one that was ended: the next stream begins where this one stood.
      if (patience.isOver || isBroken(error)) return;
      this.#version = undefined;
      throw error;
    }
  }

  #take({ type, object }: WatchEvent): void {
    if (type === "ERROR") {
      throw object.code === 410 ? new VersionExpired(object.message) : toldError(object);
    }
    const { target, isNews, context } = this.#options;
    const { metadata } = object;
    if (type !== "BOOKMARK" && metadata?.name === target.object.name) {
      if (isNews(type === "DELETED" ? undefined : metadata)) context.onChange();
    }
    this.#version = metadata?.resourceVersion ?? this.#version;
  }

  #request(
    verb: "list" | "watch",
    { signal }: Patience,
    query: Readonly<Record<string, string>> = {},
  ): Omit<ApiRequest, "accept"> {
    const { target } = this.#options;
    const { object, namespace } = target;
    return {
      ...target,
      verb,
      signal,
      path: pathOf(object.kind, { namespace }),
      // Rules with `resourceNames` allow to list and to watch only what is selected by name.
      query: { fieldSelector: `metadata.name=${object.name}`, ...query },
      unref: true,
    };
  }

  #tooSlow(): Error {
    const { kind, name } = this.#options.target.object;
    return sourceUnavailable(`The watch of the ${kind} "${name}"`, {
      cause: new Error(`no answer within ${this.#options.timeout} ms`),
    });
  }
}

/** The chunks of a stream, each of which shows that somebody is there. */
async function* heard(
  chunks: AsyncIterable<Uint8Array>,
  patience: Patience,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    patience.renew(longestSilence);
    yield chunk;
  }
}

/** Node: `aborted`, ECONNRESET; Deno: the same, or a failed read. */
function isBroken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(E[A-Z]+|ERR_STREAM_\w+|UND_\w+|HPE_\w+)$/.test(code);
}

function toldError({ message, code, details }: WatchEvent["object"]): Error {
  const seconds = details?.retryAfterSeconds;
  return sourceUnavailable("The watch of the API of Kubernetes", {
    cause: new Error(message ?? `error ${code ?? "without a code"}`),
    ...(seconds === undefined ? {} : { retryAfter: seconds * 1000 }),
  });
}

function notAList(): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_ANSWER_INVALID",
    "The API of Kubernetes answered a list with something else",
    { hint: "Look at the address of the cluster, and at what is between here and there." },
  );
}
