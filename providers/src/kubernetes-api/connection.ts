import type { RequestOptions } from "node:https";
import type { LoadContext } from "../definition/provider.ts";
import { connectInCluster } from "./in-cluster.ts";
import { connectByKubeconfig } from "./kubeconfig.ts";

/** Where a cluster is, and who asks it. */
export interface ConnectionOptions {
  /** The file that tells of clusters and users; `KUBECONFIG`, the cluster around the program, then `~/.kube/config` when absent. */
  kubeconfig?: string;
  /** The context of that file; its current one when absent. */
  context?: string;
  /** Where a pod has its token, its certificate authority and the name of its namespace. */
  serviceAccountFolder?: string;
}

/** The same, with what is derived from other options. */
export interface ConnectionPlan extends ConnectionOptions {
  /** Milliseconds that a program may take to make credentials. */
  readonly programTimeout: number;
  /** Milliseconds that a proxy may take to answer. */
  readonly proxyTimeout: number;
}

/** What one request is made with: certificates, an agent for a proxy, and headers by names of lower case. */
export interface Credentials extends Omit<RequestOptions, "headers"> {
  readonly headers: Readonly<Record<string, string | string[]>>;
}

/** The way to one cluster. */
export interface Connection {
  /** Without a slash at its end: `https://10.96.0.1:443`. */
  readonly server: string;
  /** The namespace that is meant when nobody names one. */
  readonly namespace: string | undefined;
  /** Certificates and headers for one request; what stands in files is at most a minute old. */
  authenticate(signal: AbortSignal): Promise<Credentials>;
  /** Has credentials read or made anew for the next request. */
  renew(): Promise<void>;
}

/** Why there is no way to a cluster: where one was looked for. */
export interface NoConnection {
  readonly absent: readonly string[];
}

/** Variables by name; those of the process one by one, as a program on Deno may be allowed to read only some. */
export type ReadVariable = (name: string) => string | undefined;

/**
 * Finds the way to a cluster: what the layer names, then what `KUBECONFIG` names, then the cluster around the program, then
 * `~/.kube/config`.
 *
 * @throws DextError `DEXT_CONFIG_KUBERNETES_CONNECTION_INVALID`, `DEXT_CONFIG_CLIENT_MISSING`
 */
export async function connect(
  options: ConnectionPlan,
  context: LoadContext,
): Promise<Connection | NoConnection> {
  const variable = readVariable(context);
  const { kubeconfig, context: wanted } = options;
  const named = kubeconfig !== undefined || wanted !== undefined || Boolean(variable("KUBECONFIG"));
  if (named) return connectByKubeconfig(options, { context, variable });
  const inCluster = await connectInCluster(options, { context, variable });
  if (!("absent" in inCluster)) return inCluster;
  const outside = await connectByKubeconfig(options, { context, variable });
  return "absent" in outside ? { absent: [...inCluster.absent, ...outside.absent] } : outside;
}

function readVariable({ variables }: LoadContext): ReadVariable {
  if (variables !== undefined) return (name) => variables[name];
  return (name) => {
    try {
      return process.env[name];
    } catch {
      // Deno, without the permission to read this variable.
      return undefined;
    }
  };
}
