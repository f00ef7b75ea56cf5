import { writeSync } from "node:fs";
import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { inBackground } from "./background.ts";
import type { SignalSettings } from "./settings.ts";

/** Brings serialized telemetry somewhere. */
export interface Transport {
  /** Resolves when it is through or given up; never rejects. */
  send(body: Uint8Array): Promise<void>;
  /** Sends it before this returns, as far as that is possible: the process is about to end. */
  sendNow(body: Uint8Array): void;
  /** From now on nothing is tried again: somebody waits. */
  hurry(): void;
}

/**
 * What became of one attempt: through or refused for good; sent into a connection that the other side had closed; or
 * worth another one, at the earliest after so many milliseconds.
 */
type Outcome = "done" | "stale" | { readonly retryAfter: number };

/** A connection with what the runtime knows it by. */
type HandledSocket = Socket & { _handle?: { fd?: number } };

/** Milliseconds before the second attempt; doubled for each further one. */
const firstRetry = 1_000;
const retryable = new Set([429, 502, 503, 504]);

let isSending = false;

/** Whether the request that is being created at this moment is one of ours, which nobody wants to see. */
export function isOwnRequest(): boolean {
  return isSending;
}

/**
 * A transport by OTLP over HTTP.
 *
 * One connection, kept open, that keeps no process alive. An endpoint that is away is tried again within the timeout;
 * meanwhile one batch is held here and the rest in the queue.
 */
export class HttpTransport implements Transport {
  readonly #url: URL;
  readonly #settings: SignalSettings;
  #agent: Agent | undefined;
  #inHurry = false;
  #endWait: (() => void) | undefined;

  constructor(url: URL, settings: SignalSettings) {
    this.#url = url;
    this.#settings = settings;
  }

  async send(body: Uint8Array): Promise<void> {
    const deadline = performance.now() + this.#settings.timeout;
    const content = this.#settings.gzip ? await gzip(body) : body;
    for (let delay = firstRetry; ; delay *= 2) {
      let outcome = await inBackground(() => this.#attempt(content, deadline - performance.now()));
      if (outcome === "stale") {
        outcome = await inBackground(() => this.#attempt(content, deadline - performance.now()));
      }
      if (outcome === "done" || outcome === "stale" || this.#inHurry) return;
      const wait = Math.max(outcome.retryAfter, delay * (0.8 + 0.4 * Math.random()));
      if (performance.now() + wait >= deadline) return;
      await this.#wait(wait);
      if (this.#inHurry) return;
    }
  }

  hurry(): void {
    this.#inHurry = true;
    this.#endWait?.();
  }

  /** Writes the request to the idle connection by hand: nothing asynchronous comes to an end any more. */
  sendNow(body: Uint8Array): void {
    const sockets: Partial<Record<string, HandledSocket[]>> = this.#agent?.freeSockets ?? {};
    const [socket] = Object.values(sockets).flat();
    const fd = this.#url.protocol === "http:" ? socket?._handle?.fd : undefined;
    if (fd === undefined || fd < 0) return;
    const content = this.#settings.gzip ? process.getBuiltinModule("node:zlib").gzipSync(body) : body;
    const headers = { host: this.#url.host, connection: "close", ...this.#headers(content) };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    const head = `POST ${this.#url.pathname}${this.#url.search} HTTP/1.1\r\n${lines.join("")}\r\n`;
    try {
      writeAll(fd, Buffer.concat([Buffer.from(head, "latin1"), content]));
    } catch {
      // The connection is full or gone: what is left is lost.
    }
  }

  #attempt(content: Uint8Array, timeout: number): Promise<Outcome> {
    return new Promise((resolve) => {
      let request: ClientRequest;
      const timer = setTimeout(() => {
        resolve({ retryAfter: Infinity });
        request.destroy();
      }, timeout).unref();
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      try {
        request = this.#request(content);
      } catch {
        // A header that HTTP does not allow: no attempt will be better.
        settle("done");
        return;
      }
      request.once("error", () => settle(request.reusedSocket ? "stale" : { retryAfter: 0 }));
      request.once("response", (response) => {
        response.once("error", () => settle("done"));
        response.once("close", () => settle(outcomeOf(response)));
        response.resume();
      });
      request.end(content);
    });
  }

  #request(content: Uint8Array): ClientRequest {
    // Loaded when the first export is due, not at the start of every program.
    const isSecure = this.#url.protocol === "https:";
    const http = isSecure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
    this.#agent ??= new http.Agent({ keepAlive: true, maxSockets: 1 });
    isSending = true;
    try {
      const request = http.request(this.#url, {
        method: "POST",
        agent: this.#agent,
        headers: this.#headers(content),
      });
      // Each time: whenever the agent hands out a connection again, it takes hold of the process again.
      request.once("socket", (socket) => socket.unref());
      return request;
    } finally {
      isSending = false;
    }
  }

  #headers(content: Uint8Array): OutgoingHttpHeaders {
    const { headers, format, gzip: isPacked } = this.#settings;
    return {
      "user-agent": "dext-service",
      ...headers,
      "content-type": format === "json" ? "application/json" : "application/x-protobuf",
      "content-length": content.byteLength,
      ...(isPacked ? { "content-encoding": "gzip" } : {}),
    };
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = inBackground(() => setTimeout(resolve, delay).unref());
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function outcomeOf(response: IncomingMessage): Outcome {
  if (!retryable.has(response.statusCode ?? 0)) return "done";
  const seconds = Number(response.headers["retry-after"]);
  return { retryAfter: Number.isFinite(seconds) ? seconds * 1_000 : 0 };
}

function gzip(body: Uint8Array): Promise<Uint8Array> {
  const zlib = process.getBuiltinModule("node:zlib");
  return new Promise((resolve, reject) => {
    zlib.gzip(body, (error, packed) => (error === null ? resolve(packed) : reject(error)));
  });
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.byteLength;) written += writeSync(fd, bytes, written);
}
