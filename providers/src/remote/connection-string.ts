import type { LoadContext } from "../definition/provider.ts";
import { remoteError } from "./remote-error.ts";

/** Where a server is, and what it wants to be told, as an AppHost hands it to a service. */
export interface RemoteConnection {
  /** Without a slash at its end. */
  readonly address: string;
  readonly token: string | undefined;
}

/**
 * The connection of a resource, from the variable `ConnectionStrings__<name>`: a URL, or
 * `Endpoint=http://127.0.0.1:8200;Token=…`.
 *
 * @throws DextError `DEXT_CONFIG_CONNECTION_INVALID`
 */
export function connectionOf(name: string, { variables }: Pick<LoadContext, "variables">): RemoteConnection {
  const variable = `ConnectionStrings__${name}`;
  const text = (variables ?? process.env)[variable];
  if (text === undefined || text.trim() === "") {
    throw remoteError("DEXT_CONFIG_CONNECTION_INVALID", `The variable ${variable} is not set`, {
      hint: `Start the service by its AppHost, with a reference to "${name}", or give the "address".`,
      details: { variable },
    });
  }
  const parts = partsOf(text.trim());
  const address = parts.get("endpoint") ?? "";
  if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) {
    throw remoteError("DEXT_CONFIG_CONNECTION_INVALID", `The variable ${variable} has no usable address`, {
      hint: 'Give a URL, or "Endpoint=http://host:port;Token=…".',
      details: { variable },
    });
  }
  return { address: address.replace(/\/+$/, ""), token: parts.get("token") };
}

/** `Endpoint=http://a:1;Token="b;c"` → endpoint, token; a bare URL is the endpoint. A quote inside quotes is doubled. */
function partsOf(text: string): ReadonlyMap<string, string> {
  if (!/^\w+=/.test(text)) return new Map([["endpoint", text]]);
  const parts = text.matchAll(/(?:^|;)\s*(\w+)\s*=\s*(?:"((?:[^"]|"")*)"|([^;]*))/g);
  return new Map(
    [...parts].map(([, key = "", quoted, plain = ""]) => [
      key.toLowerCase(),
      quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'),
    ]),
  );
}
