import { toMilliseconds } from "@dext/core";
import type { Duration, Secret } from "@dext/core";
import type { LayerOptions } from "../definition/provider.ts";
import { parsePath } from "../tree/config-path.ts";
import { vaultError } from "./vault-error.ts";

/** Logs in with the id of a role and a secret id, which comes in one of three ways. */
export interface VaultAppRole {
  roleId: string;
  /** The secret id itself. */
  secretId?: string | Secret;
  /** A file that holds it; read anew at each login. */
  secretIdFile?: string;
  /** A token of response wrapping that holds it: unwrapped once, at the first login. */
  wrappedSecretId?: string | Secret;
  /** Where the method is mounted; `approle` when absent. */
  mount?: string;
}

/** Logs in with the token of the pod's service account. */
export interface VaultKubernetes {
  role: string;
  /** Where the method is mounted; `kubernetes` when absent. */
  mount?: string;
  /** The file of the token, read anew at each login; where Kubernetes puts it when absent. */
  jwtFile?: string;
}

/** How to log in. A token that is given is renewed, never revoked; one that a login gave is revoked on close. */
export type VaultAuth =
  | { token: string | Secret }
  /** A file that holds a token, such as the sink of Vault's agent; read again when the token is refused. */
  | { tokenFile: string }
  | { appRole: VaultAppRole }
  | { kubernetes: VaultKubernetes };

/** Paths of PEM files. */
export interface VaultTls {
  /** Who may have signed the server's certificate; the variable `VAULT_CACERT` when absent, else whom the runtime trusts. */
  ca?: string;
  /** A certificate of this client, with its key; the variables `VAULT_CLIENT_CERT` and `VAULT_CLIENT_KEY` when absent. */
  cert?: string;
  key?: string;
  /** The name that the server's certificate has to be for; the variable `VAULT_TLS_SERVER_NAME`, then that of the address when absent. */
  serverName?: string;
  /** `false`: whatever certificate is shown is taken, so that anybody can be that server; the variable `VAULT_SKIP_VERIFY` when absent. */
  verify?: boolean;
}

/** Where Vault is and how it lets in. */
export interface VaultConnectionOptions extends LayerOptions {
  /** The variable `VAULT_ADDR` when absent. */
  address?: string;
  /** A resource of the AppHost, instead of an address: `ConnectionStrings__<name>` has its address and token. */
  connection?: string;
  /** The variable `VAULT_NAMESPACE` when absent. */
  namespace?: string;
  /**
   * Absent: the token of the connection, the variable `VAULT_TOKEN`, or, in the environment `development`, the file
   * `~/.vault-token` that `vault login` writes.
   */
  auth?: VaultAuth;
  tls?: VaultTls;
  /** Where in the configuration the values go, such as `"db"`; at its root when absent. */
  at?: string;
  /** How often a watched source is asked for changes; 1 min when absent, give or take a tenth. */
  interval?: Duration;
}

/** A secret of the key-value engine, in either version. */
export interface VaultSecretOptions extends VaultConnectionOptions {
  /** As `vault kv get` takes it: the mount and the path in it, `team/kv/api`. */
  path: string;
  /** The beginning of the path that is the mount; asked of Vault when absent. */
  mount?: string;
  /** The version of the engine; asked of Vault when absent. Together with `mount`, nothing needs to be asked. */
  kvVersion?: 1 | 2;
  /** One version of the secret instead of the newest; only where the engine is of version 2. */
  version?: number;
  dynamic?: never;
  grace?: never;
}

/** Credentials that Vault makes for this service alone, and that end: `database/creds/api`, `rabbitmq/creds/api`. */
export interface VaultDynamicOptions extends VaultConnectionOptions {
  /** The path to read. */
  dynamic: string;
  /**
   * How long credentials live on after others have taken their place; 5 min when absent. What uses the old ones has that
   * long to finish. Never more than a third of their whole life.
   */
  grace?: Duration;
  path?: never;
  mount?: never;
  kvVersion?: never;
  version?: never;
}

/** What `vault` takes: a secret by its `path`, or credentials that are made anew by `dynamic`. */
export type VaultOptions = VaultSecretOptions | VaultDynamicOptions;

/**
 * Refuses what no server could make sense of.
 *
 * @throws DextError `DEXT_CONFIG_VAULT_OPTIONS_INVALID`
 */
export function checkVaultOptions(options: VaultOptions): void {
  const {
    path,
    dynamic,
    version,
    kvVersion,
    address,
    connection,
    at = "",
    interval = 1,
    grace = 0,
  } = options;
  const place = path ?? dynamic;
  if ((path === undefined) === (dynamic === undefined) || trimSlashes(place ?? "") === "") {
    throw invalid('It needs either the "path" of a secret or the path of "dynamic" credentials', options);
  }
  if (version !== undefined && (!Number.isInteger(version) || version < 1)) {
    throw invalid(`"version" is ${version}, and versions are counted from 1`, options);
  }
  if (version !== undefined && kvVersion === 1) {
    throw invalid('"version" is given, and version 1 of the engine keeps no versions', options);
  }
  if (address !== undefined && connection !== undefined) {
    throw invalid('Both "address" and "connection" say where Vault is', options);
  }
  checkAuth(options);
  parsePath(at);
  if (toMilliseconds(interval) < 1) throw invalid('"interval" is no time at all', options);
  toMilliseconds(grace);
}

function checkAuth(options: VaultOptions): void {
  const { auth } = options;
  if (auth === undefined) return;
  if (Object.keys(auth).length !== 1) {
    throw invalid('"auth" has to have one of "token", "tokenFile", "appRole" and "kubernetes"', options);
  }
  if (!("appRole" in auth)) return;
  const { secretId, secretIdFile, wrappedSecretId } = auth.appRole;
  if ([secretId, secretIdFile, wrappedSecretId].filter((each) => each !== undefined).length > 1) {
    throw invalid(
      'An AppRole takes one of "secretId", "secretIdFile" and "wrappedSecretId", and has several',
      options,
    );
  }
}

/** `/team/kv/` → `team/kv`. */
export function trimSlashes(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, "");
}

function invalid(problem: string, { path, dynamic }: VaultOptions): Error {
  const place = path ?? dynamic;
  return vaultError(
    "DEXT_CONFIG_VAULT_OPTIONS_INVALID",
    `The layer vault${place === undefined ? "" : ` "${place}"`} cannot be: ${problem}`,
    { hint: "Change what vault() is given.", details: { path: place ?? null } },
  );
}
