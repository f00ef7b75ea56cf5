import { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import { isDextError } from "@dext/core";
import type { Clock } from "@dext/core";
import type { KubeConfig } from "@kubernetes/client-node";
import type { LoadContext } from "../definition/provider.ts";
import { importClient } from "../remote/import-client.ts";
import { checkClientCertificate } from "./client-certificate.ts";
import type { Connection, ConnectionPlan, Credentials, NoConnection, ReadVariable } from "./connection.ts";
import { CredentialProgram } from "./credential-program.ts";
import type { ExecConfig, ProgramCredential } from "./credential-program.ts";
import { FreshFile } from "./fresh-file.ts";
import { impersonation } from "./impersonation.ts";
import { invalidKubeconfig, readKubeconfig } from "./kubeconfig-files.ts";
import type { Kubeconfig } from "./kubeconfig-files.ts";

/**
 * The way to a cluster that a kubeconfig tells. What its users authenticate with (tokens, client certificates, OIDC) and its
 * proxies are the business of `@kubernetes/client-node`, imported now and not before; programs are run here.
 */
export async function connectByKubeconfig(
  options: ConnectionPlan,
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
  // A new one authenticates from the start: the library keeps tokens that it was given.
  const make = (): KubeConfig => {
    const made = new KubeConfig();
    made.loadFromString(JSON.stringify(chosen.kubeconfig));
    return made;
  };
  let library = make();
  const token = chosen.tokenFile === undefined ? undefined : new FreshFile(chosen.tokenFile, context.clock);
  const { exec, user } = chosen;
  const fail = (why: string, hint?: string): Error => withoutCredentials(why, { place, user, hint });
  const asWhom = impersonation(chosen.kubeconfig.users[0]?.user ?? {}, fail);
  const program =
    exec === undefined
      ? undefined
      : new CredentialProgram(exec, {
          clock: context.clock,
          timeout: options.programTimeout,
          cluster: await clusterForPrograms(chosen, context.clock),
          fail,
        });
  return {
    server: chosen.server,
    namespace: chosen.namespace,
    async authenticate(signal) {
      const { proxyTimeout } = options;
      const own = await credentialsFrom(library, { fail, headers: asWhom, proxyTimeout });
      const credentials = program === undefined ? own : withProgram(own, await program.credential(signal));
      checkClientCertificate(credentials, fail);
      if (token === undefined) return credentials;
      // The library takes `tokenFile` only as `token-file`, reads it once, and leaves the newline at its end.
      const headers = { ...credentials.headers, authorization: `Bearer ${await token.text()}` };
      return { ...credentials, headers };
    },
    renew() {
      library = make();
      token?.forget();
      program?.forget();
      return Promise.resolve();
    },
  };
}

interface Chosen {
  server: string;
  namespace: string | undefined;
  user: string;
  tokenFile: string | undefined;
  exec: ExecConfig | undefined;
  cluster: Readonly<Record<string, unknown>>;
  /** Of the kubeconfig only what the context leads to, without programs. */
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
  const { cluster: clusterName, namespace } = context;
  // kubectl writes "" where nobody is meant.
  const userName = context["user"] ?? "";
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
  if (userName !== "" && user === undefined) {
    throw invalidKubeconfig(
      place,
      `the context "${name}" names the user ${JSON.stringify(userName)}, who is not there`,
    );
  }
  const { tokenFile, exec } = user?.user ?? {};
  if (exec !== undefined && exec !== null && !isExec(exec))
    throw invalidKubeconfig(place, `the "exec" of the user ${JSON.stringify(userName)} names no command`);
  return {
    server: server.replace(/\/+$/, ""),
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : undefined,
    user: user?.name ?? "",
    tokenFile: typeof tokenFile === "string" && tokenFile !== "" ? tokenFile : undefined,
    exec: exec ?? undefined,
    cluster: cluster ?? {},
    kubeconfig: only({ cluster: cluster ?? {}, user: user?.user ?? {} }),
  };
}

/** The library refuses a kubeconfig of which any other entry is incomplete, as `kubectl config set-context` leaves them. */
function only({ cluster, user }: Record<"cluster" | "user", Readonly<Record<string, unknown>>>): Kubeconfig {
  const withoutProgram = { ...user, exec: undefined };
  return {
    "current-context": "context",
    clusters: [{ name: "cluster", cluster: dataFirst(cluster, ["certificate-authority"]) }],
    // Also where nobody is named: it trusts the authority of a cluster only where there is a user.
    users: [{ name: "user", user: dataFirst(withoutProgram, ["client-certificate", "client-key"]) }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user" } }],
  };
}

/** For `kubectl` what stands in the kubeconfig itself counts before a file, for the library it is the other way round. */
function dataFirst(
  entry: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const overridden = names.filter((name) => Boolean(entry[`${name}-data`]));
  return { ...entry, ...Object.fromEntries(overridden.map((name) => [name, undefined])) };
}

function isExec(exec: unknown): exec is ExecConfig {
  return typeof exec === "object" && exec !== null && "command" in exec && typeof exec.command === "string";
}

/**
 * `spec.cluster` of an `ExecCredential`: as in the kubeconfig, but the authority always as data, and `config` from the
 * extension that is meant for programs.
 */
async function clusterForPrograms(
  { exec, cluster }: Pick<Chosen, "exec" | "cluster">,
  clock: Clock,
): Promise<Readonly<Record<string, unknown>>> {
  if (exec?.provideClusterInfo !== true) return {};
  const {
    extensions,
    "certificate-authority": file,
    ...told
  } = dataFirst(cluster, ["certificate-authority"]);
  const authority = typeof file === "string" ? await new FreshFile(file, clock).text() : undefined;
  const forPrograms = (Array.isArray(extensions) ? extensions : []).find(
    (each: { name?: unknown } | null) => each?.name === "client.authentication.k8s.io/exec",
  ) as { extension?: unknown } | undefined;
  return {
    ...(authority === undefined
      ? {}
      : { "certificate-authority-data": Buffer.from(`${authority}\n`).toString("base64") }),
    ...told,
    ...(forPrograms === undefined ? {} : { config: forPrograms.extension }),
  };
}

function withProgram(
  credentials: Credentials,
  { token, clientCertificateData: cert, clientKeyData: key }: ProgramCredential,
): Credentials {
  if (cert !== undefined) changeAgent(credentials.agent, { cert, key });
  return {
    ...credentials,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    headers:
      token === undefined
        ? credentials.headers
        : { ...credentials.headers, authorization: `Bearer ${token}` },
  };
}

/** Of a request and its agent, which is there for a proxy, the agent's options count, also those that it leaves undefined. */
function changeAgent(agent: RequestOptions["agent"], options: RequestOptions): void {
  if (agent instanceof Agent && "options" in agent) Object.assign(agent.options as RequestOptions, options);
}

async function credentialsFrom(
  library: KubeConfig,
  {
    fail,
    headers: more,
    proxyTimeout: timeout,
  }: { fail: (why: string) => Error; headers: Credentials["headers"]; proxyTimeout: number },
): Promise<Credentials> {
  const request: RequestOptions = {};
  try {
    await library.applyToHTTPSOptions(request);
  } catch (error) {
    if (isDextError(error)) throw error;
    throw fail((error as Error).message.trim());
  }
  // The library's agent keeps the certificates of its first request for good; only proxies need one.
  if (library.getCurrentCluster()?.proxyUrl === undefined) delete request.agent;
  // A request to a proxy that says nothing is not ended with the one that it is for.
  else changeAgent(request.agent, { timeout });
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    String(value),
  ]);
  return { ...request, headers: { ...(Object.fromEntries(headers) as Record<string, string>), ...more } };
}

function withoutCredentials(
  why: string,
  { place, user, hint }: { place: string; user: string; hint: string | undefined },
): Error {
  return invalidKubeconfig(
    place,
    `the credentials of the user "${user}" cannot be had: ${why}`,
    hint ?? "Try: kubectl auth whoami",
  );
}
