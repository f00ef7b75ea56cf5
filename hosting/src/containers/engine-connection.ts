import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { formatDuration, isDextError, systemClock } from "@dext/core";
import type { Clock } from "@dext/core";
import { containerError } from "./error-codes.ts";

/** One call of an engine's API. */
export interface EngineCall {
  /** `GET` when absent. */
  method?: string;
  /** Without the version: `/containers/json`. */
  path: string;
  /** What is undefined is left out; what is no text goes as JSON. */
  query?: Readonly<Record<string, unknown>>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, such as a tar archive. */
  body?: Readable | Uint8Array;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /**
   * Milliseconds within which the answer must have begun, and for {@link EngineConnection.json} ended. `Infinity` for
   * calls that take as long as they take: these are given up when the engine does not answer a ping meanwhile.
   */
  timeout?: number;
}

/** What {@link EngineConnection} takes. */
export interface EngineConnectionOptions {
  socketPath: string;
  /** What the engine is called in errors. */
  name?: string;
  /** Such as `1.41`: prefixed to every path. */
  apiVersion?: string;
  clock?: Clock;
  /** Milliseconds of a call that says nothing else; 20 s when absent. */
  timeout?: number;
  /** Between two pings while a long call is under way, in milliseconds; 5 s when absent. */
  pingInterval?: number;
}

/** Speaks HTTP over a UNIX socket, a connection for each call: an aborted call leaves nothing behind. */
export class EngineConnection {
  readonly socketPath: string;
  readonly name: string;
  readonly #options: EngineConnectionOptions;
  readonly #clock: Clock;
  readonly #timeout: number;

  constructor(options: EngineConnectionOptions) {
    this.socketPath = options.socketPath;
    this.name = options.name ?? "The container engine";
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timeout = options.timeout ?? 20_000;
  }

  /** The same socket with other settings. */
  with(options: Partial<EngineConnectionOptions>): EngineConnection {
    return new EngineConnection({ ...this.#options, ...options });
  }

  /**
   * Makes a call and gives its answer once it has begun. The caller reads or destroys it; the signal ends that too.
   *
   * @throws DextError `DEXT_CONTAINER_ENGINE_…`; `_REFUSED` has the `status` and the words of the `engine` in details.
   */
  async open(call: EngineCall): Promise<IncomingMessage> {
    const { response, deadline } = await this.#begin(call);
    // What takes as long as it takes is watched to its end.
    if (call.timeout === Infinity) response.once("close", () => deadline.clear());
    else deadline.clear();
    return response;
  }

  /** Makes a call and reads its answer, a JSON document or nothing. */
  async json<T>(call: EngineCall): Promise<T> {
    const { response, deadline } = await this.#begin(call);
    try {
      // Where there is nothing to say, Podman says a line end.
      const text = (await readText(response)).trim();
      return (text === "" ? undefined : JSON.parse(text)) as T;
    } catch (error) {
      throw deadline.reason ?? this.#broken(call, error);
    } finally {
      deadline.clear();
      response.destroy();
    }
  }

  async #begin(call: EngineCall): Promise<{ response: IncomingMessage; deadline: Deadline }> {
    call.signal?.throwIfAborted();
    const request = this.#send(call);
    const deadline = this.#watch(request, call);
    try {
      const response = await answerOf(request, call.body);
      // Somebody reads the answer or destroys it; an error that comes between must not end this process.
      response.on("error", () => undefined);
      deadline.response = response;
      if ((response.statusCode ?? 0) >= 400) throw await this.#refused(call, response);
      return { response, deadline };
    } catch (error) {
      deadline.clear();
      request.destroy();
      throw deadline.reason ?? (isDextError(error) ? error : this.#broken(call, error));
    }
  }

  #send({ method = "GET", path, query = {}, json, headers = {} }: EngineCall): ClientRequest {
    const { apiVersion } = this.#options;
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, typeof value === "string" ? value : JSON.stringify(value));
    }
    const version = apiVersion === undefined ? "" : `/v${apiVersion}`;
    const request = httpRequest({
      socketPath: this.socketPath,
      agent: false,
      method,
      path: `${version}${path}${search.size === 0 ? "" : `?${search.toString()}`}`,
      headers: {
        Host: "localhost",
        Connection: "close",
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
    });
    if (json !== undefined) request.end(JSON.stringify(json));
    return request;
  }

  /** Ends the call when its time is over, its signal is aborted or the engine no longer answers. */
  #watch(request: ClientRequest, call: EngineCall): Deadline {
    const { signal, timeout = this.#timeout } = call;
    const deadline = new Deadline(request);
    const onAbort = (): void => deadline.end(signal?.reason as Error);
    signal?.addEventListener("abort", onAbort, { once: true });
    // The signal goes on to end an answer that is read slowly, until that has been closed.
    request.once("close", () => signal?.removeEventListener("abort", onAbort));
    if (timeout === Infinity) {
      deadline.repeat(
        async () => {
          try {
            await this.ping();
          } catch (error) {
            deadline.end(error as Error);
          }
        },
        { clock: this.#clock, milliseconds: this.#options.pingInterval ?? 5000 },
      );
    } else {
      deadline.repeat(() => deadline.end(this.#silent(call, timeout)), {
        clock: this.#clock,
        milliseconds: timeout,
      });
    }
    return deadline;
  }

  /** Asks the engine for a sign of life. */
  async ping({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const response = await this.open({ path: "/_ping", ...(signal === undefined ? {} : { signal }) });
    response.destroy();
  }

  async #refused(call: EngineCall, response: IncomingMessage): Promise<Error> {
    const words = wordsOf(await readText(response));
    response.destroy();
    const status = response.statusCode;
    const engine = words === "" ? `HTTP ${status}` : words;
    return containerError(
      "DEXT_CONTAINER_ENGINE_REFUSED",
      `${this.name} at ${this.socketPath} says: ${engine}`,
      {
        details: { status, engine, call: nameOf(call), socket: this.socketPath },
      },
    );
  }

  #silent(call: EngineCall, timeout: number): Error {
    return containerError(
      "DEXT_CONTAINER_ENGINE_SILENT",
      `${this.name} at ${this.socketPath} has not answered ${nameOf(call)} within ${formatDuration(timeout)}`,
      {
        hint: "See whether it hangs, for example with docker ps, and start it again.",
        details: { call: nameOf(call), socket: this.socketPath, timeout },
      },
    );
  }

  #broken(call: EngineCall, cause: unknown): Error {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    return containerError(
      "DEXT_CONTAINER_ENGINE_BROKEN",
      `${this.name} at ${this.socketPath} cannot be spoken to (${nameOf(call)}): ${connectFailures[code] ?? message}`,
      {
        hint: code === "EACCES" ? permissionHint : "See whether it runs, and start it again.",
        cause,
        details: { call: nameOf(call), socket: this.socketPath, reason: code },
      },
    );
  }
}

/** What the usual errors of connecting mean for a socket of an engine. */
export const connectFailures: Readonly<Record<string, string>> = {
  ENOENT: "there is no such socket",
  ECONNREFUSED: "nothing listens on that socket",
  EACCES: "this user may not use that socket",
  ENOTSOCK: "that is not a socket",
  ECONNRESET: "it broke the connection off",
  EPIPE: "it broke the connection off",
};

export const permissionHint: string =
  "Add yourself to the socket's group (sudo usermod -aG docker $USER, then log in again), or use a rootless engine.";

/** What ends a call before its time, and why it did. */
class Deadline {
  reason: Error | undefined;
  /** Whoever reads it is told the reason too. */
  response: IncomingMessage | undefined;
  readonly #request: ClientRequest;
  #timer: { clear(): void } | undefined;
  #isOver = false;

  constructor(request: ClientRequest) {
    this.#request = request;
  }

  /** Calls again and again, each time after so long, until the call is over. */
  repeat(check: () => unknown, { clock, milliseconds }: { clock: Clock; milliseconds: number }): void {
    this.#timer = clock.setTimer(
      () => {
        void Promise.resolve(check()).then(() => {
          if (!this.#isOver) this.repeat(check, { clock, milliseconds });
        });
      },
      { milliseconds },
    );
  }

  end(reason: Error): void {
    this.reason ??= reason;
    this.clear();
    this.response?.destroy(this.reason);
    this.#request.destroy(this.reason);
  }

  clear(): void {
    this.#isOver = true;
    this.#timer?.clear();
  }
}

/** The engine may answer before it has read the whole body, when it does not like it. */
function answerOf(request: ClientRequest, body: EngineCall["body"]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    // Also after the answer has begun: a write that fails then is told by the answer.
    request.on("error", reject);
    request.once("close", () =>
      reject(Object.assign(new Error("it broke the connection off"), { code: "ECONNRESET" })),
    );
    if (body === undefined) {
      if (!request.writableEnded) request.end();
    } else if (body instanceof Uint8Array) {
      request.end(body);
    } else {
      body.once("error", (error) => {
        reject(error);
        request.destroy();
      });
      request.once("close", () => body.destroy());
      body.pipe(request);
    }
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk as Uint8Array);
  if (!response.complete) throw Object.assign(new Error("its answer is cut off"), { code: "" });
  return Buffer.concat(chunks).toString();
}

/** Docker says `{"message":"No such image: x"}`, Podman adds `"cause"`. */
function wordsOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message.trim() : text.trim();
  } catch {
    return text.trim().slice(0, 500);
  }
}

function nameOf({ method = "GET", path }: EngineCall): string {
  return `${method} ${path}`;
}
