import type { Duration } from "@dext/core";
import type { LayerOptions } from "../definition/provider.ts";

/** How values stand in Consul: a key for each, one text with all of them, or texts that are named as files. */
export type ConsulFormat = "KEY_VALUE" | "YAML" | "JSON" | "FILES";

/** What {@link consul} takes. */
export interface ConsulOptions extends LayerOptions {
  /** The folder of the keys: `shop/api/`. `{environment}` in it stands for the name of the environment. */
  prefix: string;
  /**
   * Folders below the prefix that are laid over each other, lowest first, as Spring does it: `["application",
   * "application,{environment}", "shop", "shop,{environment}"]`. It is enough that one of them is there. Absent: the keys
   * stand in the prefix itself.
   */
  contexts?: readonly string[];
  /** `KEY_VALUE` when absent. */
  format?: ConsulFormat;
  /** The key that holds the text of `YAML` and `JSON`; `data` when absent. */
  dataKey?: string;
  /**
   * `http://host:8500`, also with a path in front of `/v1` and with a user and a password (`CONSUL_HTTP_AUTH` when absent), or
   * `unix:///run/consul/http.sock`; `CONSUL_HTTP_ADDR`, then `http://127.0.0.1:8500` when absent.
   */
  address?: string;
  /** The name of a resource of the AppHost, instead of an address. */
  connection?: string;
  /** When neither this nor `tokenFile` is given: the file of `CONSUL_HTTP_TOKEN_FILE`, then `CONSUL_HTTP_TOKEN`. */
  token?: string;
  /** A file with the token, read anew for every request; `CONSUL_HTTP_TOKEN_FILE` when absent. */
  tokenFile?: string;
  /** That of the agent that is asked when absent. */
  datacenter?: string;
  /** `CONSUL_NAMESPACE` when absent. */
  namespace?: string;
  /** `CONSUL_PARTITION` when absent. */
  partition?: string;
  /** Whether a follower may answer (`stale`) or the leader has to make sure of itself (`consistent`). */
  consistency?: "default" | "consistent" | "stale";
  /** How long Consul holds a request of the watch when nothing changes, 10 minutes at most; 5 minutes when absent. */
  wait?: Duration;
  /** All values are secrets. */
  secret?: boolean;
  tls?: ConsulTls;
}

/** For an address with `https:`. Paths of files in PEM. */
export interface ConsulTls {
  /** `CONSUL_CACERT` when absent. */
  caFile?: string;
  /** `CONSUL_CLIENT_CERT` when absent. */
  certificateFile?: string;
  /** `CONSUL_CLIENT_KEY` when absent. */
  keyFile?: string;
  /** The name that the certificate has to have, where it is not that of the address; `CONSUL_TLS_SERVER_NAME` when absent. */
  serverName?: string;
  /** `false`: whatever certificate is shown is taken, so that anybody can be that server; `CONSUL_HTTP_SSL_VERIFY` when absent. */
  verify?: boolean;
}
