import { resolve } from "./discovery.ts";

/** A service that we need does not answer, or answers that it cannot. */
export class ServiceUnavailable extends Error {
  override readonly name: string = "ServiceUnavailable";
}

interface CallOptions extends RequestInit {
  /** Milliseconds; 3 s when absent. Whoever is called by others must give up before they do. */
  timeout?: number;
}

/** `fetch` by the service's name: `callService("http://inventory/stock")`. An answer of 500 or more counts as none. */
export async function callService(url: string, options: CallOptions = {}): Promise<Response> {
  const { timeout = 3_000, ...init } = options;
  const { hostname: service } = new URL(url);
  const address = resolve(url);
  let response: Response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(timeout), ...init });
  } catch (error) {
    throw new ServiceUnavailable(`"${service}" does not answer at ${address.origin}`, { cause: error });
  }
  if (response.status < 500) return response;
  await response.body?.cancel();
  throw new ServiceUnavailable(
    `"${service}" answered ${response.status} to ${init.method ?? "GET"} ${address.href}`,
  );
}
