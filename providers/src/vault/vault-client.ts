import { isDextError } from "@dext/core";
import type { Clock } from "@dext/core";
import { sourceUnavailable } from "../definition/source-errors.ts";
import { importClient } from "../remote/import-client.ts";
import { networkHint, networkReason } from "../remote/network-reason.ts";
import { retryAfter } from "../remote/retry-after.ts";
import { pause } from "../remote/watch-rounds.ts";
import { vaultError } from "./vault-error.ts";
import { createTransport } from "./vault-transport.ts";
import type { TransportAnswer, TransportRequest } from "./vault-transport.ts";
import type { VaultSettings } from "./vault-settings.ts";

/** One request. */
export interface VaultRequest {
  readonly method: "GET" | "POST";
  /** Without `/v1/` and a slash in front, each segment as it is called: `team/kv/data/api`. */
  readonly path: string;
  readonly query?: string;
  readonly token?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** The body of an answer. Nothing in it is sure to be there. */
export interface VaultAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly auth?: Readonly<Record<string, unknown>> | null;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly warnings?: readonly string[] | null;
  readonly errors?: readonly string[];
}

/** An answer that is neither good nor one that another attempt could better: 400, 403, 404 … */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly answer: VaultAnswer;

  constructor(status: number, { answer, message }: { answer: VaultAnswer; message: string }) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

/** Sends a request. */
export type VaultClient = (request: VaultRequest) => Promise<VaultAnswer>;

/**
 * A client for one server. Its requests fail with {@link VaultRefusal}, or with `DEXT_CONFIG_SOURCE_UNAVAILABLE` where
 * another attempt may do: no connection, sealed, a standby, a rate limit.
 *
 * @throws DextError `DEXT_CONFIG_CLIENT_MISSING`
 */
export async function createVaultClient(
  { address, namespace, tls }: VaultSettings,
  { clock, random }: { clock: Clock; random: () => number },
): Promise<VaultClient> {
  const module = await importClient(() => import("node-vault"), { library: "node-vault", source: "vault()" });
  const transport = createTransport(tls);
  const library = module.default({
    endpoint: address,
    // It would print the bodies of logins when the variable DEBUG names it.
    debug: () => {},
    "request-promise": {
      defaults: () => (request: TransportRequest) => checked(request, { transport, address, clock }),
    },
  });
  // It fills in what it is not given from variables of the process, which are not those of this load.
  Object.assign(library, { token: "", namespace, pathPrefix: "" });

  const once = async ({
    method,
    path,
    query = "",
    token = "",
    body,
    signal,
  }: VaultRequest): Promise<VaultAnswer> => {
    const answer: VaultAnswer | undefined = await library.request({
      method,
      path: `/${encodePath(path)}${query}`,
      // Without it, a listener of Vault that demands it refuses: protection against forged requests (SSRF).
      headers: { "X-Vault-Request": "true", ...(token === "" ? {} : { "X-Vault-Token": token }) },
      ...(body === undefined ? {} : { json: body }),
      signal,
    });
    return answer ?? {};
  };
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(request);
      } catch (error) {
        // 412: this node has not yet seen what another one has written; it will have in a moment.
        if (!(error instanceof VaultRefusal) || error.status !== 412) throw error;
        if (attempt === 5) throw unavailable(address, { message: error.message });
        const milliseconds = 50 * 2 ** attempt * (0.5 + random() / 2);
        await pause({ clock }, { milliseconds, signal: request.signal });
        request.signal.throwIfAborted();
      }
    }
  };
}

/**
 * Sends, and sorts the answers out before the library sees them: it drops headers, and takes an answer that is not good for
 * an error without telling more than its first line.
 */
async function checked(
  request: TransportRequest,
  {
    transport,
    address,
    clock,
  }: { transport: (request: TransportRequest) => Promise<TransportAnswer>; address: string; clock: Clock },
): Promise<TransportAnswer> {
  let answer: TransportAnswer;
  try {
    answer = await transport(request);
  } catch (cause) {
    // In the middle of an answer, the connection's own error hides why it was given up.
    if (request.signal.aborted) throw request.signal.reason;
    if (isDextError(cause)) throw cause;
    throw unavailable(address, { message: networkReason(cause), cause });
  }
  const { statusCode } = answer;
  const body = answer.body as VaultAnswer | null;
  const isObject = typeof body === "object" && body !== null;
  const message = describe(answer, request);
  // The library takes 204 and 200 for good only; 429 to 530: see the table of `sys/health`.
  if (statusCode === 204) return answer;
  // For a moment after a mount of version 2 was made, or one of version 1 became one, it has no answers yet.
  const isUpgrading = statusCode === 400 && message.includes("Upgrading from non-versioned");
  if (statusCode >= 500 || [429, 472, 473].includes(statusCode) || isUpgrading) {
    const wanted = retryAfter(answer.retryAfter, clock.now());
    throw unavailable(address, { message, ...(wanted === undefined ? {} : { wanted }) });
  }
  if (statusCode === 400 && /HTTP request to an HTTPS server/.test(String(answer.body)))
    throw wantsTls(address);
  if (statusCode === 404 ? !saysNothing(body) : statusCode === 200 && !isObject) {
    throw unavailable(address, {
      message: "it answered with something that is not Vault's",
      hint: "Look whether the address is that of Vault, or of a proxy in front of it.",
    });
  }
  if (statusCode === 200) return answer;
  const { errors, warnings, ...others } = isObject ? body : {};
  throw new VaultRefusal(statusCode, {
    answer: { ...others, errors: textsIn(errors), warnings: textsIn(warnings) },
    message,
  });
}

/** Whether a 404 is Vault's own. That of whatever answers in its place does not mean that there is no such secret. */
function saysNothing(body: VaultAnswer | null): boolean {
  return Array.isArray(body?.errors) || Array.isArray(body?.warnings) || typeof body?.data === "object";
}

/** What stands in front of Vault has errors of other kinds. */
function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

/** `503: Vault is sealed`. What was sent with the request never appears, should the server repeat it. */
function describe({ statusCode, body }: TransportAnswer, request: TransportRequest): string {
  const { errors, warnings } = (typeof body === "object" && body !== null ? body : {}) as VaultAnswer;
  const said = [...textsIn(errors), ...textsIn(warnings)].join("; ").replaceAll(/\s+/g, " ").trim();
  const sent = [request.headers["X-Vault-Token"], ...Object.values(request.json ?? {})];
  let shown = said;
  for (const secret of sent) {
    if (typeof secret === "string" && secret.length > 3) shown = shown.replaceAll(secret, "***");
  }
  return shown === "" ? String(statusCode) : `${statusCode}: ${shown.slice(0, 300)}`;
}

function unavailable(
  address: string,
  { message, cause, wanted, hint }: { message: string; cause?: unknown; wanted?: number; hint?: string },
): Error {
  const error = cause instanceof Error && cause.message === message ? cause : new Error(message);
  return sourceUnavailable(`Vault at ${address}`, {
    cause: error,
    hint: hint ?? hintOf(message),
    ...(wanted === undefined ? {} : { retryAfter: wanted }),
  });
}

const tlsWords = {
  authority: '"tls.ca", or by VAULT_CACERT',
  serverName: '"tls.serverName", or by VAULT_TLS_SERVER_NAME',
};

function hintOf(message: string): string {
  if (/^50\d: .*sealed/i.test(message)) return "Unseal it: vault operator unseal.";
  if (/not initialized/i.test(message)) return "Initialize it: vault operator init.";
  return (
    networkHint(message, tlsWords) ??
    "Look whether it runs, is unsealed and can be reached, or make the layer optional."
  );
}

function wantsTls(address: string): Error {
  return vaultError(
    "DEXT_CONFIG_VAULT_ANSWER_INVALID",
    `Vault at ${address} speaks TLS, and was asked without`,
    {
      hint: `Give the address as ${address.replace(/^http:/, "https:")}.`,
      details: { address },
    },
  );
}

/** The library would take `?` and `#` in a name for the end of the path. */
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
