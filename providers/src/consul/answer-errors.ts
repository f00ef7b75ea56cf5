import { sourceUnavailable } from "../definition/source-errors.ts";
import type { ConsulPermission } from "../definition/permission.ts";
import { consulRules } from "../permissions/consul-rules.ts";
import { networkHint, networkReason } from "../remote/network-reason.ts";
import { retryAfter } from "../remote/retry-after.ts";
import type { KeyQuery } from "./consul-client.ts";
import { consulError } from "./consul-error.ts";
import type { LibraryResponse } from "./consul-library.ts";
import type { ConsulSettings } from "./consul-settings.ts";

/** What was asked, for the error that came of it. */
export interface Asked {
  readonly settings: ConsulSettings;
  readonly token: string | undefined;
  readonly query: Pick<KeyQuery, "key" | "recurse" | "isProbe">;
}

/** What an answer means that is none: forbidden, refused, or not at present. */
export function answerError(response: LibraryResponse, asked: Asked): Error {
  const { statusCode: status = 0, statusMessage = "", headers } = response;
  const said = textOf(response, asked) || statusMessage;
  if (status === 401 || status === 403) return forbidden(`${status} ${said}`, asked);
  // Consul 1.21.5 refuses keys with other characters than it takes in this way.
  const isRefusal = /^invalid key name/i.test(said);
  if (status === 429 || status === 408 || (status >= 500 && !isRefusal)) {
    const pause = retryAfter(headers["retry-after"], Date.now());
    return sourceUnavailable(nameOf(asked), {
      cause: new Error(`${status} ${said}`),
      ...(pause === undefined ? {} : { retryAfter: pause }),
      hint: /No path to datacenter/i.test(said)
        ? 'Look at the "datacenter" of the layer: consul members -wan lists them.'
        : "Look at the state of the cluster, or make the layer optional.",
    });
  }
  const { key } = asked.query;
  return consulError(
    "DEXT_CONFIG_CONSUL_REFUSED",
    `${nameOf(asked)} refuses to give "${key}": ${status} ${said}`,
    {
      hint: hintOf(status, said),
      details: { address: asked.settings.shown, key, status },
    },
  );
}

function hintOf(status: number, said: string): string {
  if (status >= 300 && status < 400) return "Give the address that it leads to: redirects are not followed.";
  if (/HTTP request to an HTTPS server/.test(said))
    return "Give the address with https:// in front, or set CONSUL_HTTP_SSL=true.";
  return "Look at the options of the layer.";
}

/** Something answered, and it was not Consul: a proxy's page, half an answer. */
export function garbageError(response: LibraryResponse, asked: Asked): Error {
  const { statusCode, headers } = response;
  const type = headers["content-type"] ?? "no content type";
  return sourceUnavailable(nameOf(asked), {
    cause: new Error(`what it said (${statusCode}, ${type}) is no answer of Consul`),
    hint: "Look whether this is the address of a Consul, and what stands between.",
  });
}

/** Nothing answered. */
export function networkError(error: unknown, asked: Asked): Error {
  const reason = reasonOf(error);
  const { name, code } = error as { name?: string; code?: string };
  if (name === "NotCapable" || code === "ERR_ACCESS_DENIED") {
    const { shown } = asked.settings;
    return consulError(
      "DEXT_CONFIG_CONSUL_NOT_PERMITTED",
      `This process may not reach Consul at ${shown}: ${reason}`,
      {
        hint: `Run it with ${permissionFor(asked.settings)}`,
        details: { address: shown },
      },
    );
  }
  return sourceUnavailable(nameOf(asked), {
    cause: new Error(reason),
    hint: networkHint(reason, tlsWords) ?? "Start Consul, correct the address, or make the layer optional.",
  });
}

function permissionFor({ shown, socketPath }: ConsulSettings): string {
  if (socketPath === undefined) return `--allow-net=${new URL(shown).host}`;
  return `--allow-read=${socketPath} --allow-write=${socketPath}`;
}

const tlsWords = {
  authority: '"tls.caFile", or by CONSUL_CACERT',
  serverName: '"tls.serverName", or by CONSUL_TLS_SERVER_NAME',
};

/** The token may not read the keys; the rules that it needs are in the hint and in `details.policy`. */
export function forbidden(said: string, { settings, token, query }: Asked): Error {
  const { namespace, partition } = settings;
  // Of many keys Consul gives those that may be read; it refuses them only where it is set to want the right to list.
  const wantsList = query.recurse && /permission denied/i.test(said);
  const permission: ConsulPermission = {
    system: "consul",
    ...(partition === undefined ? {} : { partition }),
    ...(namespace === undefined ? {} : { namespace }),
    resource: query.recurse || query.isProbe === true ? "key_prefix" : "key",
    name: query.key,
    policy: wantsList ? "list" : "read",
  };
  const policy = consulRules([permission]);
  const isUnknown = /ACL not found/i.test(said);
  const isAnonymous = token === undefined || token === "";
  const who = isAnonymous ? "the anonymous token" : "the token";
  const wanted = isAnonymous
    ? 'Set CONSUL_HTTP_TOKEN, or give the layer a "token", with a policy that has:'
    : "Give the token a policy with:";
  return consulError(
    "DEXT_CONFIG_CONSUL_FORBIDDEN",
    `${nameOf({ settings })} does not let ${who} read "${query.key}": ${said}`,
    {
      hint: isUnknown
        ? "It does not know this token: give one that exists in this datacenter."
        : `${wanted} ${policy.replaceAll(/\s+/g, " ").trim()}`,
      details: { address: settings.shown, key: query.key, policy },
    },
  );
}

function nameOf({ settings }: Pick<Asked, "settings">): string {
  return `Consul at ${settings.shown}`;
}

/** The beginning of a body, on one line and without the token, which some proxies send back. */
function textOf({ body }: LibraryResponse, { token }: Asked): string {
  const text = typeof body === "string" || body instanceof Uint8Array ? body.toString() : "";
  const safe = token === undefined || token === "" ? text : text.replaceAll(token, "***");
  return safe.replaceAll(/\s+/g, " ").trim().slice(0, 200);
}

/** `consul: kv.get: connect ECONNREFUSED 127.0.0.1:8500` → the last part. */
function reasonOf(error: unknown): string {
  return networkReason(error).replace(/^(consul: |kv\.get: )+/, "");
}
