import { answerError, garbageError, networkError } from "./answer-errors.ts";
import type { Asked } from "./answer-errors.ts";
import { consulError } from "./consul-error.ts";
import { asWritten, createLibrary, Exchange } from "./consul-library.ts";
import type { Library, LibraryItem, LibraryResponse } from "./consul-library.ts";
import type { ConsulOptions } from "./consul-options.ts";
import type { ConsulSettings } from "./consul-settings.ts";

/** What is asked for. */
export interface KeyQuery {
  /** A key, or how keys begin. */
  readonly key: string;
  readonly recurse: boolean;
  /** The single key is asked for to learn whether those that begin with it may be read. */
  readonly isProbe?: boolean;
  /** Makes it a blocking query: Consul answers when there is something newer, or when `wait` milliseconds are over. */
  readonly index?: number | undefined;
  readonly wait?: number;
  readonly signal: AbortSignal;
  /** The request does not keep the process alive. */
  readonly unref?: boolean;
}

/** One key. */
export interface KeyItem {
  readonly key: string;
  /** Null where Consul has no value: folder markers, keys that were put without content. */
  readonly value: Uint8Array | null;
  readonly index: number;
}

export interface KeyAnswer {
  /** Undefined: there are none (404). */
  readonly items: readonly KeyItem[] | undefined;
  /** What the next blocking query names. */
  readonly index: number;
  /** Keys were left out that the token may not read. */
  readonly isFiltered: boolean;
}

/** The keys of one Consul, by the library `consul`. Each request has a connection of its own, which ends with it. */
export interface ConsulClient {
  read(query: KeyQuery): Promise<KeyAnswer>;
}

/** Prepares the library for one Consul. */
export async function openConsul(
  settings: ConsulSettings,
  { consistency = "default" }: Pick<ConsulOptions, "consistency">,
): Promise<ConsulClient> {
  const { address, socketPath, namespace, tls } = settings;
  const isSecure = new URL(address).protocol === "https:";
  const { Agent } = isSecure ? await import("node:https") : await import("node:http");
  const agent = new Agent({ keepAlive: false, ...tls });
  const client = await createLibrary({ address, socketPath, agent, namespace });
  return { read: (query) => readKeys(query, { client, settings, consistency }) };
}

async function readKeys(
  query: KeyQuery,
  {
    client,
    settings,
    consistency,
  }: { client: Library; settings: ConsulSettings; consistency: NonNullable<ConsulOptions["consistency"]> },
): Promise<KeyAnswer> {
  const { key, recurse, index, wait, signal } = query;
  const token = await settings.token();
  if (token !== undefined) refuseOddToken(token);
  signal.throwIfAborted();
  const asked: Asked = { settings, token, query };
  const exchange = new Exchange(query.unref ?? false);
  const cancel = (): void => void exchange.emit("cancel");
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const [response, items] = await client.kv.get({
      key: asWritten(key),
      recurse,
      buffer: true,
      ctx: exchange,
      token,
      dc: settings.datacenter,
      partition: settings.partition,
      ...(consistency === "default" ? {} : { [consistency]: true }),
      ...(index === undefined ? {} : { index: String(index), wait: `${wait ?? 0}ms` }),
    });
    return toAnswer(response, { items, asked });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toError(error, asked);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function toAnswer(
  response: LibraryResponse,
  { items, asked }: { items: LibraryItem | readonly LibraryItem[] | undefined; asked: Asked },
): KeyAnswer {
  const index = Number(response.headers["x-consul-index"] ?? Number.NaN);
  const isFiltered = response.headers["x-consul-results-filtered-by-acls"] === "true";
  // Whoever answers without an index is some other server at that address.
  if (!Number.isSafeInteger(index)) throw garbageError(response, asked);
  if (response.statusCode === 404) return { items: undefined, index, isFiltered };
  if (items === undefined) throw garbageError(response, asked);
  const list = Array.isArray(items) ? (items as readonly LibraryItem[]) : [items as LibraryItem];
  return {
    index,
    isFiltered,
    items: list.map(({ Key, Value, ModifyIndex }) => {
      if (typeof Key !== "string" || !(Value === null || Value instanceof Uint8Array)) {
        throw garbageError(response, asked);
      }
      return { key: Key, value: Value, index: ModifyIndex };
    }),
  };
}

/** The library's errors hold the request with the token in its headers: none of them is handed on. */
function toError(error: unknown, asked: Asked): unknown {
  const { response } = error as { response?: LibraryResponse };
  if ((error as { code?: unknown }).code?.toString().startsWith("DEXT_") === true) return error;
  if (response === undefined) return networkError(error, asked);
  const status = response.statusCode ?? 0;
  return status >= 200 && status < 300 ? garbageError(response, asked) : answerError(response, asked);
}

function refuseOddToken(token: string): void {
  if (/^[\x21-\x7e]*$/.test(token)) return;
  throw consulError(
    "DEXT_CONFIG_CONSUL_OPTIONS",
    "The token for Consul holds characters that no header can have",
    {
      hint: "Look at the token, or at the file that it is read from.",
    },
  );
}
