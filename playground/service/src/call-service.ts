import { resolve } from "./discovery.ts";

/** A service that we need does not answer, or answers that it cannot. */
export class ServiceUnavailable extends Error {
  override readonly name: string = "ServiceUnavailable";
}

/** `fetch` by the service's name: `callService("http://inventory/stock")`. An answer of 500 or more counts as none. */
export async function callService(url: string, init: RequestInit = {}): Promise<Response> {
  const { hostname: service } = new URL(url);
  const address = resolve(url);
  let response: Response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(3_000), ...init });
  } catch (error) {
    throw new ServiceUnavailable(`"${service}" does not answer at ${address.origin}`, { cause: error });
  }
  if (response.status < 500) return response;
  await response.body?.cancel();
  throw new ServiceUnavailable(
    `"${service}" answered ${response.status} to ${init.method ?? "GET"} ${address.href}`,
  );
}
