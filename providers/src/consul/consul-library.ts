// The library as it is used here: more than its published types tell, and ways around what it leaves undone.
import { EventEmitter } from "node:events";
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { importClient } from "../remote/import-client.ts";

/** The calls of the library that are made. */
export interface Library {
  readonly kv: {
    get(options: object): Promise<[response: LibraryResponse, items?: LibraryItem | readonly LibraryItem[]]>;
  };
  _ext(event: "onCreate" | "onRequest" | "onResponse", hook: Hook): void;
}

/** One key as the library gives it, with its value decoded. */
export interface LibraryItem {
  readonly Key: string;
  readonly Value: Uint8Array | null;
  readonly ModifyIndex: number;
}

/** With the body that the library has read and decoded. */
export interface LibraryResponse extends IncomingMessage {
  body?: unknown;
}

type Hook = (request: LibraryRequest, next: () => void) => void;

interface LibraryRequest {
  readonly opts: { readonly query: Record<string, string> };
  readonly ctx?: unknown;
  readonly res?: LibraryResponse;
  transport: { request(options: RequestOptions): ClientRequest };
}

/**
 * Imports the library and makes a client of it.
 *
 * @throws DextError `DEXT_CONFIG_CLIENT_MISSING`
 */
export async function createLibrary({
  address,
  socketPath,
  agent,
  namespace,
}: {
  address: string;
  socketPath: string | undefined;
  agent: Agent;
  namespace: string | undefined;
}): Promise<Library> {
  const { default: Consul } = await importClient(() => import("consul"), {
    library: "consul",
    source: "A Consul layer",
  });
  // Its types name neither an address as a whole nor hooks.
  const Client = Consul as unknown as new (options: { baseUrl: string; agent: Agent }) => Library;
  const client = new Client({ baseUrl: `${address}/v1`, agent });
  client._ext("onCreate", addNamespace(namespace));
  client._ext("onRequest", guardTransport(socketPath));
  client._ext("onResponse", guardBody);
  return client;
}

/** What the library takes as the context of a request: cancels it, and has the response handed out. */
export class Exchange extends EventEmitter {
  readonly includeResponse = true;
  readonly isUnref: boolean;

  constructor(isUnref: boolean) {
    super();
    this.isUnref = isUnref;
  }
}

/** The library encodes a key as a whole, `/` included, which proxies in front of Consul turn down. */
export function asWritten(key: string): { encode: false; toString(): string } {
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
function guardTransport(socketPath: string | undefined): Hook {
  return (exchanged, next) => {
    const { transport } = exchanged;
    const isUnref = exchanged.ctx instanceof Exchange && exchanged.ctx.isUnref;
    exchanged.transport = {
      request(options) {
        const hostname = options.hostname?.replace(/^\[(.+)\]$/, "$1");
        const request = transport.request({
          ...options,
          hostname,
          ...(socketPath === undefined ? {} : { socketPath }),
        });
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
  };
}

/** The library calls methods of whatever stands in a list, where nothing catches what that throws. */
function guardBody({ res }: LibraryRequest, next: () => void): void {
  if (res !== undefined && Array.isArray(res.body)) {
    const items = res.body as unknown[];
    const areObjects = items.every((item) => typeof item === "object" && item !== null);
    res.body = areObjects ? items.map(bareItem) : undefined;
  }
  next();
}

function bareItem(item: unknown): LibraryItem {
  const { Key, Value, ModifyIndex } = item as LibraryItem;
  return { Key, Value, ModifyIndex };
}
