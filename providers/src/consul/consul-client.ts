import { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { importClient } from "../remote/import-client.ts";
import { answerError, garbageError, networkError } from "./answer-errors.ts";
import type { Asked } from "./answer-errors.ts";
import { consulError } from "./consul-error.ts";
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

/** Imports the library and prepares it. */
export async function openConsul(
  settings: ConsulSettings,
  { consistency = "default" }: Pick<ConsulOptions, "consistency">,
): Promise<ConsulClient> {
  const library = await importClient(() => import("consul"), { library: "consul", source: "A Consul layer" });
  const secure = settings.address.startsWith("https:");
  const { Agent } = secure ? await import("node:https") : await import("node:http");
  const client = new library.default({
    baseUrl: `${settings.address}/v1`,
    agent: new Agent({ keepAlive: false, ...settings.tls }),
  } as object) as unknown as Library;
  client._ext("onCreate", addNamespace(settings.namespace));
  client._ext("onRequest", guardTransport);
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
  response: IncomingMessage,
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

/** The library encodes a key as a whole, `/` included, which proxies in front of Consul turn down. */
function asWritten(key: string): { encode: false; toString(): string } {
  const path = key.split("/").map(encodeURIComponent).join("/");
  return { encode: false, toString: () => path };
}

/** The library knows `ns` only on other calls than those of keys. */
function addNamespace(namespace: string | undefined): Hook {
  return ({ opts }, next) => {
    if (namespace !== undefined) opts.query["ns"] = namespace;
    next();
  };
}

/**
 * What the library leaves undone for a request: an answer that breaks off in the middle never ends there, a request that
 * hangs keeps the process alive, and `[::1]` is looked up as a name.
 */
function guardTransport(exchanged: LibraryRequest, next: () => void): void {
  const { transport } = exchanged;
  const isUnref = exchanged.ctx instanceof Exchange && exchanged.ctx.isUnref;
  exchanged.transport = {
    request(options) {
      const hostname = options.hostname?.replace(/^\[(.+)\]$/, "$1");
      const request = transport.request({ ...options, hostname });
      if (isUnref) request.once("socket", (socket) => socket.unref());
      request.once("response", (response: IncomingMessage) => {
        response.on("error", () => undefined);
        response.once("close", () => {
          if (!response.complete) request.emit("error", new Error("the answer broke off"));
        });
      });
      return request;
    },
  };
  next();
}

/** What the library takes as the context of a request: cancels it, and has the response handed out. */
class Exchange extends EventEmitter {
  readonly includeResponse = true;
  readonly isUnref: boolean;

  constructor(isUnref: boolean) {
    super();
    this.isUnref = isUnref;
  }
}

// What is used of the library beyond its published types.

interface Library {
  readonly kv: {
    get(options: object): Promise<[response: LibraryResponse, items?: LibraryItem | readonly LibraryItem[]]>;
  };
  _ext(event: "onCreate" | "onRequest", hook: Hook): void;
}

type Hook = (request: LibraryRequest, next: () => void) => void;

interface LibraryRequest {
  readonly opts: { readonly query: Record<string, string> };
  readonly ctx?: unknown;
  transport: { request(options: RequestOptions): ClientRequest };
}

interface LibraryItem {
  readonly Key: string;
  readonly Value: Uint8Array | null;
  readonly ModifyIndex: number;
}

/** With the body that the library has read and decoded. */
export interface LibraryResponse extends IncomingMessage {
  readonly body?: unknown;
}
