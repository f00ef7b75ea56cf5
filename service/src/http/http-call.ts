import type { HttpResponse } from "./http-response.ts";

/** How the body of an answer is read while the request still counts as under way. */
export type BodyReading = "json" | "text" | "bytes";

/**
 * A request that has been asked for. Awaited, it gives the answer once its head is there; `json()`, `text()` and
 * `bytes()` called on it at once also read the body within the pipeline, so that its timeouts count and a connection
 * that breaks in the middle of the body is tried again.
 */
export interface HttpCall extends Promise<HttpResponse> {
  /** The body read as JSON; the type is the caller's word. */
  json<T = unknown>(): Promise<T>;
  text(): Promise<string>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Sends the request, and reads its body when told how; the answer itself when not. */
export type Send = (reading: BodyReading | undefined) => Promise<unknown>;

/** Sends when the caller says what is wanted of the answer, and at the latest once the caller's own step is over. */
export class PendingCall implements HttpCall {
  readonly [Symbol.toStringTag]: string = "HttpCall";
  readonly #send: Send;
  #response: Promise<HttpResponse> | undefined;
  #isTaken = false;
  /** Read within the pipeline: there is no answer to hand out. */
  #isRead = false;

  constructor(send: Send) {
    this.#send = send;
    queueMicrotask(() => {
      if (!this.#isTaken) void this.#respond();
    });
  }

  json<T>(): Promise<T> {
    return this.#read("json", (response) => response.json() as Promise<T>);
  }

  text(): Promise<string> {
    return this.#read("text", (response) => response.text());
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#read("bytes", async (response) => new Uint8Array(await response.arrayBuffer()));
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  then<Fulfilled = HttpResponse, Rejected = never>(
    onFulfilled?: ((response: HttpResponse) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.#respond().then(onFulfilled, onRejected);
  }

  catch<Rejected = never>(
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<HttpResponse | Rejected> {
    return this.#respond().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<HttpResponse> {
    return this.#respond().finally(onFinally);
  }

  #respond(): Promise<HttpResponse> {
    if (this.#isRead) return Promise.reject(alreadyRead());
    this.#isTaken = true;
    this.#response ??= this.#send(undefined) as Promise<HttpResponse>;
    return this.#response;
  }

  #read<T>(reading: BodyReading, later: (response: HttpResponse) => Promise<T>): Promise<T> {
    if (this.#response !== undefined) return this.#response.then(later);
    if (this.#isRead) return Promise.reject(alreadyRead());
    this.#isTaken = true;
    this.#isRead = true;
    return this.#send(reading) as Promise<T>;
  }
}

function alreadyRead(): TypeError {
  return new TypeError(
    "The body of this answer is being read already: keep what json(), text() or bytes() gave",
  );
}
