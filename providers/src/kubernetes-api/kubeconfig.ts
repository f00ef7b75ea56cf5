import type { RequestOptions } from "node:https";
import { isDextError } from "@dext/core";
import type { KubeConfig } from "@kubernetes/client-node";
import type { LoadContext } from "../definition/provider.ts";
import { importClient } from "../remote/import-client.ts";
import type { Connection, Credentials, ConnectionOptions, NoConnection, ReadVariable } from "./connection.ts";
import { FreshFile } from "./fresh-file.ts";
import { invalidKubeconfig, readKubeconfig } from "./kubeconfig-files.ts";
import type { Kubeconfig } from "./kubeconfig-files.ts";

/**
 * The way to a cluster that a kubeconfig tells. What its users authenticate with (tokens, client certificates, programs, OIDC)
 * and its proxies are the business of `@kubernetes/client-node`, imported now and not before.
 */
export async function connectByKubeconfig(
  options: ConnectionOptions,
  { context, variable }: { context: LoadContext; variable: ReadVariable },
): Promise<Connection | NoConnection> {
  const found = await readKubeconfig(options, { context, variable });
  if ("absent" in found) return found;
  const place = found.files.join(", ");
  const chosen = choose(found, { wanted: options.context, place });
  const { KubeConfig } = await importClient(() => import("@kubernetes/client-node"), {
    library: "@kubernetes/client-node",
    source: `The kubeconfig "${place}"`,
  });
  // A new one authenticates from the start: the library keeps tokens of programs until they expire by their own account.
  const make = (): KubeConfig => {
    const made = new KubeConfig();
    made.loadFromString(JSON.stringify(chosen.kubeconfig));
    return made;
  };
  let library = make();
  const token = chosen.tokenFile === undefined ? undefined : new FreshFile(chosen.tokenFile, context.clock);
  return {
    server: chosen.server,
    namespace: chosen.namespace,
    async authenticate() {
      const credentials = await credentialsFrom(library, { place, user: chosen.user });
      if (token === undefined) return credentials;
      // The library takes `tokenFile` only as `token-file`, reads it once, and leaves the newline at its end.
      const headers = { ...credentials.headers, authorization: `Bearer ${await token.text()}` };
      return { ...credentials, headers };
    },
    renew() {
      library = make();
      token?.forget();
      return Promise.resolve();
    },
  };
}

interface Chosen {
  server: string;
  namespace: string | undefined;
  user: string;
  tokenFile: string | undefined;
  /** With the context as its current one. */
  kubeconfig: Kubeconfig;
}

function choose(
  kubeconfig: Kubeconfig,
  { wanted, place }: { wanted: string | undefined; place: string },
): Chosen {
  const { contexts, clusters, users } = kubeconfig;
  const name = wanted ?? kubeconfig["current-context"];
  const known = contexts.map((each) => each.name).join(", ") || "none";
  if (name === undefined) {
    throw invalidKubeconfig(place, "it has no current context", `Give the "context", one of: ${known}.`);
  }
  const context = contexts.find((each) => each.name === name)?.context;
  if (context === undefined) {
    throw invalidKubeconfig(place, `it has no context "${name}"`, `It has: ${known}.`);
  }
  const { cluster: clusterName, user: userName, namespace } = context;
  const cluster = clusters.find((each) => each.name === clusterName)?.cluster;
  const server = cluster?.["server"];
  if (typeof server !== "string" || !URL.canParse(server)) {
    throw invalidKubeconfig(place, `the context "${name}" leads to no cluster with a usable address`);
  }
  if (!server.startsWith("https:") && cluster?.["insecure-skip-tls-verify"] !== true) {
    throw invalidKubeconfig(
      place,
      `the context "${name}" leads to "${server}", where tokens would be sent in the clear`,
      'Use https, or say "insecure-skip-tls-verify: true" where that is meant, as for kubectl proxy.',
    );
  }
  const user = users.find((each) => each.name === userName);
  if (userName !== undefined && user === undefined) {
    throw invalidKubeconfig(
      place,
      `the context "${name}" names the user ${JSON.stringify(userName)}, who is not there`,
    );
  }
  const tokenFile = user?.user["tokenFile"];
  return {
    server: server.replace(/\/+$/, ""),
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined,
    user: user?.name ?? "",
    tokenFile: typeof tokenFile === "string" && tokenFile !== "" ? tokenFile : undefined,
    kubeconfig: {
      "current-context": name,
      clusters,
      ...(user === undefined ? nobody(name, kubeconfig) : { users, contexts }),
    },
  };
}

/** The library trusts the authority of a cluster only where there is a user. */
function nobody(name: string, { contexts, users }: Kubeconfig): Pick<Kubeconfig, "users" | "contexts"> {
  const user = "(nobody)";
  return {
    users: [...users, { name: user, user: {} }],
    contexts: contexts.map((each) =>
      each.name === name ? { ...each, context: { ...each.context, user } } : each,
    ),
  };
}

async function credentialsFrom(
  library: KubeConfig,
  { place, user }: { place: string; user: string },
): Promise<Credentials> {
  const request: RequestOptions = {};
  try {
    await library.applyToHTTPSOptions(request);
  } catch (error) {
    if (isDextError(error)) throw error;
    // The answer of a program that is no JSON would be quoted: it may hold a token.
    const why =
      error instanceof SyntaxError ? "what a program answered is not JSON" : (error as Error).message;
    throw invalidKubeconfig(
      place,
      `the credentials of the user "${user}" cannot be had: ${why.trim()}`,
      "Try: kubectl auth whoami",
    );
  }
  // The library's agent keeps the certificates of its first request for good; only proxies need one.
  if (library.getCurrentCluster()?.proxyUrl === undefined) delete request.agent;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return { ...request, headers: Object.fromEntries(headers) as Record<string, string> };
}
