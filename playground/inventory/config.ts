import { defineConfig, env } from "@dext/providers";
import { z } from "zod";

/** What the AppHost tells the inventory: `CACHE_HOST`, `CACHE_PORT`, `CACHE_PASSWORD`. */
export const definition = defineConfig({
  schema: z.object({
    cacheHost: z.string().min(1),
    cachePort: z.number(),
    cachePassword: z.string().default(""),
  }),
  secrets: ["cachePassword"],
  layers: [env()],
});
