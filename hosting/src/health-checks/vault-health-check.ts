import type { HealthCheck } from "../model/health-check.ts";

/** What the statuses of `sys/health` mean where Vault cannot be used. The others are nodes that serve or pass on. */
const unusable: Readonly<Record<number, string>> = {
  472: "Vault is a recovery replica",
  501: "Vault is not initialised",
  503: "Vault is sealed",
};

/** A check that asks whether Vault is initialised and unsealed. */
export function vaultHealthCheck({ endpoint }: { endpoint: string }): HealthCheck {
  return async (context) => {
    // What stands in front of it may have it below a path.
    const address = context.endpoint(endpoint).url.replace(/\/$/, "");
    const response = await fetch(`${address}/v1/sys/health`, {
      signal: context.signal,
      headers: { connection: "close" },
    });
    await response.body?.cancel();
    if (response.ok || response.status === 429 || response.status === 473) return { health: "Healthy" };
    const message = unusable[response.status] ?? `Vault answered ${response.status} for its health`;
    return { health: "Unhealthy", message };
  };
}
