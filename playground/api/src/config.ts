import { defineConfig, env } from "@dext/providers";
import { z } from "zod";

/** What the AppHost tells the api: `CACHE_URI`, `ORDER_SIGNING_KEY`. */
export const definition = defineConfig({
  schema: z.object({ cacheUri: z.string().min(1), orderSigningKey: z.string().min(1) }),
  secrets: ["cacheUri", "orderSigningKey"],
  layers: [env()],
});
