import type { HealthCheck } from "../model/health-check.ts";

/** A check that asks for the leader: without one, Consul answers and takes no writes. */
export function consulHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    const response = await fetch(new URL("/v1/status/leader", context.endpoint(endpoint).url), {
      signal: context.signal,
      headers: { connection: "close" },
    });
    const leader = (await response.text()).trim();
    // "127.0.0.1:8300", and "" while there is none.
    if (response.ok && /^"[^"]+"$/.test(leader)) return { health: "Healthy" };
    const message = response.ok
      ? "Consul has no leader yet"
      : `Consul answered ${response.status} for its leader`;
    return { health: "Unhealthy", message };
  };
}
