import { defineConfig, env } from "@dext/providers";
import { z } from "zod";

/** What the AppHost tells a worker: `CACHE_URI`, `ORDER_SIGNING_KEY`, `PACKING_TIME`, and from Vault `RECEIPTS__KEY`. */
export const definition = defineConfig({
  schema: z.object({
    cacheUri: z.string().min(1),
    orderSigningKey: z.string().min(1),
    receipts: z.object({ key: z.string().optional() }).default({}),
    /** How long packing takes, and bringing it to the post, in milliseconds. */
    packingTime: z.number().min(0).default(1_200),
  }),
  secrets: ["cacheUri", "orderSigningKey", "receipts.key"],
  layers: [env()],
});
