import type { ExternalPlan, Launcher } from "../model/launcher.ts";

/** A resource that nothing is started for: it runs elsewhere, or inside another one. */
export function noLauncher({
  because,
  plan = {},
}: {
  /** A clause that says why, such as `it lives in pg`. */
  because: string;
  plan?: Omit<ExternalPlan, "type">;
}): Launcher {
  return {
    type: "none",
    async probe() {
      return { works: true, because };
    },
    async plan() {
      return { type: "external", ...plan };
    },
  };
}
