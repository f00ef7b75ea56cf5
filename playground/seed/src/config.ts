import { defineConfig, env } from "@dext/providers";
import { z } from "zod";

/** What the AppHost tells the seed: `CACHE_URI`. */
export const definition = defineConfig({
  schema: z.object({ cacheUri: z.string().min(1) }),
  secrets: ["cacheUri"],
  layers: [env()],
});
