import { request as requestHttp } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { isDextError } from "@dext/core";
import type { Clock } from "@dext/core";
import { sourceUnavailable } from "../definition/source-errors.ts";
import { networkReason } from "../remote/network-reason.ts";
import type { Connection, Credentials } from "./connection.ts";
import { refusal } from "./refusal.ts";
import type { ApiVerb, RefusalContext } from "./refusal.ts";
import { tlsFailure } from "./tls-failure.ts";

/** One request to the API. */
export interface ApiRequest extends RefusalContext {
  readonly verb: ApiVerb;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept: string;
  readonly signal: AbortSignal;
  /** The request does not keep the process alive. */
  readonly unref?: boolean;
}

/** An object has 1 MiB at most, and what the server notes about it. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * Asks the API, by `node:https` with a connection for each request: `@kubernetes/client-node` 2 asks by undici's `fetch` on Node
 * and on Deno, with a new agent for each call, whose sockets neither end with the call nor can be kept from keeping the
 * process alive.
 */
export class ApiClient {
  readonly #connection: Connection;
  readonly #clock: Clock;
  /** How often credentials were renewed. */
  #renewals = 0;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /**
   * The answer as JSON; undefined when the API says that the object is not there.
   *
   * @throws DextError `DEXT_CONFIG_SOURCE_UNAVAILABLE`, and the codes of the API
   */
  async json(request: ApiRequest): Promise<unknown> {
    const response = await this.open(request);
    if (response === undefined) return undefined;
    try {
      const text = await textOf(response, largestAnswer);
      return JSON.parse(text) as unknown;
    } catch (error) {
      request.signal.throwIfAborted();
      // Neither the text nor what the parser quotes of it: it may be a secret. A proxy's page passes.
      const cause = error instanceof SyntaxError ? new Error("the answer is not JSON") : error;
      throw this.#unavailable(cause);
    }
  }

  /** The answer as it arrives, its status being 200; undefined when the API says that the object is not there. */
  async open(request: ApiRequest): Promise<IncomingMessage | undefined> {
    const renewals = this.#renewals;
    let response = await this.#send(request);
    // The token may have been replaced since it was read: once more with a fresh one, which other requests may have got.
    if (response.statusCode === 401) {
      response.destroy();
      if (renewals === this.#renewals) {
        this.#renewals += 1;
        await this.#connection.renew();
      }
      response = await this.#send(request);
    }
    if (response.statusCode === 200) return response;
    const body = await textOf(response, 64 * 1024).catch(() => "");
    return refusal({ status: response.statusCode ?? 0, headers: response.headers, body }, request, {
      server: this.#connection.server,
      now: this.#clock.now(),
    });
  }

  async #send(request: ApiRequest): Promise<IncomingMessage> {
    request.signal.throwIfAborted();
    const options = await untilAborted(this.#connection.authenticate(request.signal), request.signal);
    try {
      return await send(this.#urlOf(request), { options, request });
    } catch (error) {
      request.signal.throwIfAborted();
      if (isDextError(error)) throw error;
      throw tlsFailure(this.#connection.server, error) ?? this.#unavailable(error);
    }
  }

  #urlOf({ path, query = {} }: ApiRequest): URL {
    const search = new URLSearchParams(query).toString();
    return new URL(`${this.#connection.server}${path}${search === "" ? "" : `?${search}`}`);
  }

  #unavailable(cause: unknown): Error {
    const reason = networkReason(cause);
    const isWhole = cause instanceof Error && cause.message === reason;
    return sourceUnavailable(`The API of Kubernetes at ${this.#connection.server}`, {
      cause: isWhole ? cause : new Error(reason, { cause }),
      hint: "Look whether the address is right and reachable from here, or make the layer optional.",
    });
  }
}

function send(
  url: URL,
  { options, request }: { options: Credentials; request: ApiRequest },
): Promise<IncomingMessage> {
  const { accept, signal, unref = false } = request;
  const headers = { ...options.headers, accept, "user-agent": "dext" };
  const start = url.protocol === "http:" ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    // An error after the answer has begun is one of the answer, and this one changes nothing any more.
    const outgoing = start(url, { agent: false, ...options, headers, signal });
    outgoing.on("error", reject);
    outgoing.on("response", resolve);
    if (unref) outgoing.on("socket", (socket) => void socket.unref());
    outgoing.end();
  });
}

/** What waits for a provider of identity by the client library cannot be ended, only left. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function textOf(response: IncomingMessage, most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) throw new Error(`the answer is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
