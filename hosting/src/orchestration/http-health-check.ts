import type { HealthCheck } from "../model/health-check.ts";

/** A check that GETs a path: healthy below 400, otherwise unhealthy with the status and the start of the body. */
export function httpHealthCheck({ endpoint, path }: { endpoint: string; path: string }): HealthCheck {
  return async (context) => {
    const url = new URL(path, context.endpoint(endpoint).url);
    const response = await fetch(url, {
      signal: context.signal,
      redirect: "manual",
      headers: { connection: "close" },
    });
    const body = (await response.text()).slice(0, 200).trim();
    if (response.status < 400) return { health: body === "Degraded" ? "Degraded" : "Healthy" };
    return {
      health: "Unhealthy",
      message: `GET ${path} answered ${response.status}${body === "" ? "" : `: ${body}`}`,
    };
  };
}
