import { defineConfig, env, object } from "@dext/providers";
import { z } from "zod";

/**
 * What the AppHost tells the api: `CACHE_URI`, `ORDER_SIGNING_KEY`, and from Consul and Vault, where there are such,
 * `ANNOUNCEMENT__TEXT` and `RECEIPTS__KEY`. Where each of these comes from is told as well.
 */
export const definition = defineConfig({
  schema: z.object({
    cacheUri: z.string().min(1),
    orderSigningKey: z.string().min(1),
    announcement: z.object({ text: z.string(), source: z.string() }),
    receipts: z.object({ key: z.string().optional(), source: z.string() }),
  }),
  secrets: ["cacheUri", "orderSigningKey", "receipts.key"],
  layers: [
    object({
      announcement: { text: "Ordered before noon, shipped the same minute.", source: "the code" },
      receipts: { source: "the AppHost" },
    }),
    env(),
  ],
});
