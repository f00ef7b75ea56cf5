import { sleep } from "@dext/core";
import { launcherError } from "../launchers/error-codes.ts";
import type { SeedContext } from "../model/resource-model.ts";

/** A server that has only just become healthy may still refuse the first writes for a moment. */
const attempts = 5;
/** Milliseconds between two attempts. */
const pause = 300;
/** How long one request may take, in milliseconds. */
const timeout = 10_000;

/** One request of a seed. */
export interface SeedRequest {
  method: "GET" | "PUT" | "POST";
  /** Behind the address of the endpoint `http`, encoded. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** What it is about, for errors: `the key "shop/greeting"`. */
  what: string;
  /** Statuses besides those of success that the caller understands. */
  understands?: readonly number[];
}

/** An answer that the caller understands. */
export interface SeedAnswer {
  readonly status: number;
  readonly text: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
}

/**
 * Sends one request to a server that is to be filled, again while it says that it cannot yet.
 *
 * @throws DextError `DEXT_LAUNCH_SEED_FAILED` with the status and the server's words
 */
export async function seedRequest(context: SeedContext, request: SeedRequest): Promise<SeedAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send(context, request);
    const isUnderstood =
      (answer.status >= 200 && answer.status < 300) || (request.understands ?? []).includes(answer.status);
    if (isUnderstood) return answer;
    if (!isPassing(answer) || attempt === attempts) throw seedFailed(context, { ...request, ...answer });
    await sleep(pause, { signal: context.signal });
  }
}

/** The error of a server that does not take what it is to be filled with. */
export function seedFailed(
  { resource }: Pick<SeedContext, "resource">,
  { what, status, text, hint }: { what: string; status?: number; text: string; hint?: string },
): Error {
  const words = text.trim().slice(0, 500);
  const said = status === undefined ? words : `${status}${words === "" ? "" : ` ${words}`}`;
  return launcherError("DEXT_LAUNCH_SEED_FAILED", `"${resource}" could not be filled with ${what}: ${said}`, {
    hint: hint ?? hintOf(status),
    details: { resource, what, ...(status === undefined ? {} : { status }) },
  });
}

async function send(
  context: SeedContext,
  { method, path, headers, body, what }: SeedRequest,
): Promise<SeedAnswer> {
  const url = new URL(`${context.endpoint("http").url.replace(/\/$/, "")}${path}`);
  try {
    const response = await fetch(url, {
      method,
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]),
      // A token must not follow a redirect to wherever.
      redirect: "manual",
      headers: { ...headers, connection: "close" },
      ...(body === undefined ? {} : { body }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, text: new TextDecoder().decode(bytes), bytes };
  } catch (error) {
    context.signal.throwIfAborted();
    const { message, cause } = error as Error;
    throw seedFailed(context, { what, text: cause instanceof Error ? cause.message : message });
  }
}

/** Overload, no leader yet, and Vault while it makes a mount one with versions. */
function isPassing({ status, text }: SeedAnswer): boolean {
  return status === 429 || status >= 500 || (status === 400 && /upgrading from non-versioned/i.test(text));
}

function hintOf(status: number | undefined): string {
  if (status === 401 || status === 403)
    return "The token of its connection string may not write there: Endpoint=http://…;Token=….";
  return "The words behind the status are those of the server.";
}
