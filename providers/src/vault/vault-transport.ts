import { request as requestHttp } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { vaultError } from "./vault-error.ts";
import type { TlsFiles } from "./vault-settings.ts";

/** A request as `node-vault` hands it to what sends it. */
export interface TransportRequest {
  readonly uri: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

/** An answer as `node-vault` wants it, with what it drops. */
export interface TransportAnswer {
  readonly statusCode: number;
  /** Parsed; text that is no JSON as it is. */
  readonly body: unknown;
  readonly request: { readonly path: string };
  readonly retryAfter: string | undefined;
}

/** Sends one request. */
export type Transport = (request: TransportRequest) => Promise<TransportAnswer>;

/**
 * What `node-vault` is given to send requests by, in place of its axios, which has no way to abort a request and follows
 * redirects, token in hand, also from https to http.
 *
 * Every request has a connection of its own, which is closed with it: there are few, and none has to be kept open between.
 */
export function createTransport(tls: TlsFiles): Transport {
  return async (request) => {
    const answer = await send(request, tls);
    const { location } = answer.headers;
    if (!isRedirect(answer) || location === undefined) return toAnswer(answer, request);
    answer.destroy();
    // A standby may send to the active node, once.
    const uri = redirectTarget(request.uri, location);
    const second = await send({ ...request, uri }, tls);
    if (isRedirect(second)) {
      second.destroy();
      throw refused(`Vault redirects again, from "${new URL(uri).origin}"`);
    }
    return toAnswer(second, request);
  };
}

function send(
  { uri, method, headers, json, signal }: TransportRequest,
  tls: TlsFiles,
): Promise<IncomingMessage> {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const options = {
    method,
    agent: false,
    headers: {
      accept: "application/json",
      ...headers,
      ...(body === undefined
        ? {}
        : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    },
  };
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const request: ClientRequest = uri.startsWith("https:")
      ? requestHttps(uri, { ...options, ...tls })
      : requestHttp(uri, options);
    const abort = (): void => void request.destroy(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    request.once("close", () => signal.removeEventListener("abort", abort));
    request.once("response", resolve);
    request.on("error", reject);
    request.end(body);
  });
}

async function toAnswer(answer: IncomingMessage, { uri }: TransportRequest): Promise<TransportAnswer> {
  const content = await text(answer);
  if (!answer.complete) throw new Error("the answer ended in its middle");
  return {
    statusCode: answer.statusCode ?? 0,
    body: parsed(content),
    request: { path: new URL(uri).pathname },
    retryAfter: answer.headers["retry-after"],
  };
}

function parsed(content: string): unknown {
  if (content.trim() === "") return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return content;
  }
}

function isRedirect({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 300 && statusCode < 400;
}

/** Never to http: the token would go over the wire for everyone to read. */
function redirectTarget(from: string, location: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target?.protocol === "https:") return target.href;
  throw refused(`Vault redirects to "${target?.origin ?? "nowhere"}", which is not https`);
}

function refused(message: string): Error {
  return vaultError("DEXT_CONFIG_VAULT_REDIRECT_REFUSED", message, {
    hint: "Give the address of the active node, or of a load balancer in front of all of them.",
  });
}
