import { isFailedState } from "@dext/protocol";
import type { EndpointSnapshot, ResourceSnapshot } from "@dext/protocol";
import type { Paint } from "./paint.ts";

/** How a resource is, in one word: its state, or its health while that is worse than its state. */
export function statusWord({ state, health }: ResourceSnapshot): string {
  if (state === "FailedToStart") return "Failed";
  if (state === "NotStarted") return "Not started";
  return state === "Running" && (health === "Unhealthy" || health === "Degraded") ? health : state;
}

/** A sign that tells apart without colour too: what is up, what is on its way, what has failed, what is off. */
export function statusSign({ state, health }: ResourceSnapshot): string {
  if (isFailedState(state)) return "✗";
  if (state === "Finished") return "✓";
  if (state === "Running") return health === "Healthy" ? "●" : health === "Unknown" ? "◐" : "▲";
  return state === "Stopped" || state === "NotStarted" ? "○" : "◌";
}

/** Paints text in the colour of how the resource is. */
export function paintStatus(text: string, { state, health }: ResourceSnapshot, paint: Paint): string {
  if (isFailedState(state) || (state === "Running" && health === "Unhealthy")) return paint.red(text);
  if (state === "Finished" || (state === "Running" && health === "Healthy")) return paint.green(text);
  return state === "Stopped" || state === "NotStarted" ? paint.dim(text) : paint.yellow(text);
}

/** `43%`, of one core. */
export function formatCpu(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** `870K`, `34M`, `1.2G` */
export function formatMemory(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  if (mebibytes < 1) return `${Math.round(bytes / 1024)}K`;
  return mebibytes < 1000 ? `${Math.round(mebibytes)}M` : `${(mebibytes / 1024).toFixed(1)}G`;
}

/** `:43121` for what is on this machine, else host and port. */
export function shortEndpoint({ url }: EndpointSnapshot): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return url;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(parsed.hostname);
  return isLocal && parsed.port !== "" ? `:${parsed.port}` : parsed.host;
}
