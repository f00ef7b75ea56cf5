import { consul, defineConfig, object, vault } from "@dext/providers";
import { z } from "zod";

/** What the shop announces: `announcement/text` below `shop/` in the Consul that the AppHost calls `settings`. */
export const announcement = defineConfig({
  schema: z.object({ announcement: z.object({ text: z.string().max(200), source: z.string() }) }),
  layers: [
    object({ announcement: { source: "Consul" } }),
    consul({ prefix: "shop/", connection: "settings", wait: "30s" }),
  ],
});

/** The key that receipts are signed with: the field `key` of a secret in the Vault that the AppHost calls `vault`. */
export const receipts = defineConfig({
  schema: z.object({ receipts: z.object({ key: z.string().min(20), source: z.string() }) }),
  layers: [
    object({ receipts: { source: "Vault" } }),
    // Vault has no way to tell of changes, so that it is asked.
    vault({ path: "secret/shop/receipts", at: "receipts", connection: "vault", interval: "5s" }),
  ],
});
