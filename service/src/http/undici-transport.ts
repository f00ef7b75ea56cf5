import type { Readable } from "node:stream";
import { splitUrl } from "../discovery/service-url.ts";
import { serviceError } from "../service-error.ts";
import type { HttpBody, HttpResponse, Transport } from "./http-response.ts";

// The shapes are those of undici 8, told here so that types check where undici is not installed.

/** What undici gives for the body of an answer. */
interface UndiciBody extends Readable {
  json(): Promise<unknown>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

interface UndiciResponse {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: UndiciBody;
}

/** A dispatcher of undici: an `Agent`, a `Pool`, a `ProxyAgent`, a `MockAgent`. */
export interface UndiciDispatcher {
  request(options: never): Promise<unknown>;
}

/** What is asked of a dispatcher. */
interface RequestSender {
  request(options: {
    origin: string;
    path: string;
    method: string;
    headers: Readonly<Record<string, string>>;
    body?: unknown;
    signal?: AbortSignal;
  }): Promise<UndiciResponse>;
}

export interface UndiciTransportOptions {
  /** Sends the requests; when absent an `Agent` of its own. */
  dispatcher?: UndiciDispatcher;
  /** Connections to each server at most, when no dispatcher is given; no limit when absent. */
  connections?: number;
}

/**
 * Sends through undici's own request API, which costs less than fetch. For Node, where undici is installed. It does
 * not follow redirects.
 *
 * @throws DextError `DEXT_SERVICE_MODULE_MISSING` when undici is not installed.
 */
export async function createUndiciTransport(options: UndiciTransportOptions = {}): Promise<Transport> {
  const dispatcher = (options.dispatcher ?? (await makeAgent(options.connections))) as RequestSender;
  // Loaded here, since a service that sends by fetch needs no streams of Node.
  const streams = await import("node:stream");
  return async ({ url, method, headers, body, signal }) => {
    const { prefix, rest } = splitUrl(url);
    const hash = rest.indexOf("#");
    const path = hash === -1 ? rest : rest.slice(0, hash);
    const encoded = body === undefined ? undefined : encode(body);
    const response = await dispatcher.request({
      origin: prefix,
      path: path.startsWith("/") ? path : `/${path}`,
      method,
      headers:
        encoded?.type === undefined || "content-type" in headers
          ? headers
          : { ...headers, "content-type": encoded.type },
      body: encoded?.body ?? null,
      signal,
    });
    return new PooledResponse(response, { url, streams });
  };
}

type Streams = Pick<typeof import("node:stream"), "Readable">;

interface UndiciModule {
  Agent: new (options: { connections?: number }) => UndiciDispatcher;
}

async function makeAgent(connections: number | undefined): Promise<UndiciDispatcher> {
  let undici: UndiciModule;
  try {
    // The name in a variable: a program without undici must type-check and bundle all the same.
    const name = "undici";
    undici = (await import(name)) as UndiciModule;
  } catch (error) {
    throw serviceError("DEXT_SERVICE_MODULE_MISSING", 'The package "undici" is not installed', {
      hint: "createUndiciTransport sends through it: npm install undici. Without it, createFetchTransport serves.",
      cause: error,
    });
  }
  return new undici.Agent(connections === undefined ? {} : { connections });
}

/** An answer whose headers are read only when somebody asks: most callers want the body. */
class PooledResponse implements HttpResponse {
  readonly status: number;
  readonly url: string;
  readonly #response: UndiciResponse;
  readonly #streams: Streams;
  #headers: Headers | undefined;
  #body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(response: UndiciResponse, { url, streams }: { url: string; streams: Streams }) {
    this.status = response.statusCode;
    this.url = url;
    this.#streams = streams;
    this.#response = response;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    this.#headers ??= toHeaders(this.#response.headers);
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#body ??= this.#streams.Readable.toWeb(this.#response.body) as ReadableStream<
      Uint8Array<ArrayBuffer>
    >;
    return this.#body;
  }

  json(): Promise<unknown> {
    return this.#response.body.json();
  }

  text(): Promise<string> {
    return this.#response.body.text();
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#response.body.arrayBuffer();
  }
}

function toHeaders(raw: UndiciResponse["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) headers.append(name, each);
    }
  }
  return headers;
}

/** What undici takes as it is: text, bytes, streams and forms. The type is what fetch would have said. */
function encode(body: HttpBody): { body: unknown; type?: string } {
  if (body instanceof URLSearchParams) {
    return { body: body.toString(), type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (typeof body === "string") return { body, type: "text/plain;charset=UTF-8" };
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) };
  if (body instanceof Blob) return { body: body.stream(), ...(body.type !== "" && { type: body.type }) };
  return { body };
}
