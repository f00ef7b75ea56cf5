import { stat } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { LoadContext } from "../definition/provider.ts";
import type { Connection, ConnectionOptions, NoConnection, ReadVariable } from "./connection.ts";
import { FreshFile } from "./fresh-file.ts";

/** Where a pod finds what its service account has. */
const defaultFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The way to the cluster that the program runs in: two variables and three files. It needs no client library, so an image
 * for a cluster need not carry one.
 *
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function connectInCluster(
  { serviceAccountFolder = defaultFolder }: ConnectionOptions,
  { context: { clock }, variable }: { context: Pick<LoadContext, "clock">; variable: ReadVariable },
): Promise<Connection | NoConnection> {
  const host = variable("KUBERNETES_SERVICE_HOST");
  if (!host) return { absent: ["the variable KUBERNETES_SERVICE_HOST is not set"] };
  const path = (name: string): string => join(serviceAccountFolder, name);
  if (!(await isFile(path("token"))))
    return { absent: [`there is no service account token "${path("token")}"`] };
  const [token, authority] = [new FreshFile(path("token"), clock), new FreshFile(path("ca.crt"), clock)];
  const namespace = (await isFile(path("namespace")))
    ? await new FreshFile(path("namespace"), clock).text()
    : undefined;
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${variable("KUBERNETES_SERVICE_PORT") || "443"}`,
    namespace: namespace || undefined,
    authenticate: async () => ({
      ca: await authority.text(),
      headers: { authorization: `Bearer ${await token.text()}` },
    }),
    renew() {
      token.forget();
      authority.forget();
      return Promise.resolve();
    },
  };
}

/** What may not be looked at is taken to be there: reading it tells why it cannot be. */
function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}
