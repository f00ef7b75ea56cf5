import type { IncomingHttpHeaders } from "node:http";
import { sourceUnavailable } from "../definition/source-errors.ts";
import type { Permission } from "../definition/permission.ts";
import { formatManifests, kubernetesRoles } from "../permissions/kubernetes-roles.ts";
import { retryAfter } from "../remote/retry-after.ts";
import { resourceOf } from "./api-object.ts";
import type { ObjectReference } from "./api-object.ts";
import { kubernetesApiError } from "./kubernetes-api-error.ts";

/** What is asked of the API, as rules name it. */
export type ApiVerb = "get" | "list" | "watch";

/** What was asked for, and what the whole layer needs. */
export interface RefusalContext {
  readonly verb: ApiVerb;
  readonly object: ObjectReference;
  readonly namespace: string;
  readonly permissions: readonly Permission[];
}

/** An answer that is not what was asked for. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `{"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"configmaps \"shop\" not found", …}` */
export interface ApiStatus {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly name?: string; readonly retryAfterSeconds?: number };
}

/** The `Expired` of a version that the server no longer has: the caller lists again. */
export class VersionExpired extends Error {}

/**
 * What an answer other than 200 means: undefined for an object that is not there, an error for everything else.
 *
 * @throws VersionExpired for 410, where there is a version
 * @throws DextError
 */
export async function refusal(
  answer: ApiAnswer,
  context: RefusalContext,
  { server, now }: { server: string; now: number },
): Promise<undefined> {
  const { status } = answer;
  const said = statusOf(answer.body);
  // A path that the server does not know is `NotFound` as well, and names no object.
  if (status === 404 && said?.reason === "NotFound" && said.details?.name === context.object.name)
    return undefined;
  if (status === 410 && context.verb !== "get") throw new VersionExpired(said?.message);
  if (status === 401) throw unauthorized(server, said);
  if (status === 403) throw await forbidden(context, said);
  if (status === 429 || status >= 500) throw busy(server, { answer, said, now });
  throw said === undefined ? notTheApi(server, status) : refused(context, { status, said });
}

/** The Status object in a text, if it is one. */
export function statusOf(text: string): ApiStatus | undefined {
  try {
    const parsed = JSON.parse(text) as ApiStatus | null;
    return parsed?.kind === "Status" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function busy(
  server: string,
  { answer, said, now }: { answer: ApiAnswer; said: ApiStatus | undefined; now: number },
): Error {
  const seconds = said?.details?.retryAfterSeconds;
  const wanted =
    retryAfter(answer.headers["retry-after"], now) ?? (seconds === undefined ? undefined : seconds * 1000);
  return sourceUnavailable(`The API of Kubernetes at ${server}`, {
    cause: new Error(`status ${answer.status}${said?.message === undefined ? "" : `, ${said.message}`}`),
    ...(wanted === undefined ? {} : { retryAfter: wanted }),
  });
}

function unauthorized(server: string, said: ApiStatus | undefined): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_UNAUTHORIZED",
    `The API of Kubernetes at ${server} does not accept the credentials, also not when they are read anew: ${said?.message ?? "status 401"}`,
    { hint: "Look at the token: it may have expired, or be meant for another cluster.", details: { server } },
  );
}

/** `User "system:serviceaccount:web:api" cannot get resource …` */
const serviceAccount = /User "system:serviceaccount:([^":]+):([^":]+)"/;

async function forbidden(
  { verb, object, namespace, permissions }: RefusalContext,
  said: ApiStatus | undefined,
): Promise<Error> {
  const { kind, name } = object;
  const [, home, account] = serviceAccount.exec(said?.message ?? "") ?? [];
  const role = await formatManifests(
    kubernetesRoles(
      permissions.map((each) => (each.system === "kubernetes" ? { namespace, ...each } : each)),
      { ...(account === undefined ? {} : { serviceAccount: account }), namespace: home ?? namespace },
    ),
  );
  const resource = resourceOf[kind];
  const who = account === undefined ? "" : ` to the service account "${account}"`;
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_FORBIDDEN",
    `The API of Kubernetes forbids${who} to ${verb} ${resource} "${name}" in the namespace "${namespace}"`,
    {
      hint:
        said === undefined
          ? "The API itself would give a Status, which this answer is not: look at what is between here and there."
          : `Allow it, by kubectl apply -f:\n\n${role}`,
      details: { verb, resource, name, namespace, role, said: said?.message ?? "status 403" },
    },
  );
}

function refused(
  { verb, object: { kind, name } }: RefusalContext,
  { status, said }: { status: number; said: ApiStatus },
): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_REFUSED",
    `The API of Kubernetes refuses to ${verb} ${resourceOf[kind]} "${name}": ${said.message ?? `status ${status}`}`,
    { hint: "What it says is its own.", details: { verb, kind, name, status, reason: said.reason ?? "" } },
  );
}

function notTheApi(server: string, status: number): Error {
  return kubernetesApiError(
    "DEXT_CONFIG_KUBERNETES_ANSWER_INVALID",
    `What answers at ${server} is not the API of Kubernetes: status ${status} without a Status object`,
    { hint: "Look at the address of the cluster.", details: { server, status } },
  );
}
