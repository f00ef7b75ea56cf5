import type { HealthCheck } from "../model/health-check.ts";

/** A check that asks for the leader: without one, Consul answers and takes no writes. */
export function consulHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    // What stands in front of it may have it below a path.
    const address = context.endpoint(endpoint).url.replace(/\/$/, "");
    const response = await fetch(`${address}/v1/status/leader`, {
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
