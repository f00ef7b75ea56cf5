/** An answer: what all transports give. A `Response` of fetch is one. */
export interface HttpResponse {
  readonly status: number;
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  /** Where it came from, the service's name replaced; empty when the transport does not tell. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  json(): Promise<unknown>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What a request may carry. A stream can be sent once only. */
export type HttpBody =
  | string
  | Uint8Array<ArrayBuffer>
  | ArrayBuffer
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<Uint8Array<ArrayBuffer>>;

/** One request, ready to be sent. */
export interface TransportRequest {
  readonly method: string;
  /** Of a server, not of a service. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: HttpBody | undefined;
  /** Made when it is first read. */
  readonly signal: AbortSignal;
  readonly redirect: "follow" | "manual" | "error";
}

/** Sends one request. Whatever status comes back is an answer; what is thrown means that there is none. */
export type Transport = (request: TransportRequest) => Promise<HttpResponse>;
