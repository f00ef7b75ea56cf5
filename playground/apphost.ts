import { createBuilder } from "@dext/hosting";
import { announcement, receipts } from "./settings.ts";

const host = createBuilder();

const signingKey = host.addParameter("order-signing-key", { secret: true, generate: { length: 40 } });
const cache = host.addRedis("cache");

// Both only where they can be had without a download; the shop has something to fall back to.
const settings = host
  .addConsul("settings")
  .withLauncher(["external", "process"])
  .withOptional()
  .withKeyValues({ "shop/announcement/text": "Storm lanterns travel free until the storm is over." });
const vault = host
  .addVault("vault")
  .withLauncher(["external", "process"])
  .withOptional()
  .withSecrets({ "secret/shop/receipts": { key: signingKey } });

const inventory = host
  .addDenoApp("inventory", "./inventory/main.ts")
  .withReference(cache)
  .waitFor(cache)
  .withHttpHealthCheck("/health")
  .withRestart("on-failure");

const seed = host
  .addProject("seed", "./seed", { http: false })
  .withReference(cache)
  .withReference(inventory)
  .waitFor(inventory);

const api = host
  .addProject("api", "./api")
  .withReference(cache)
  .withReference(inventory)
  .withEnvironment("ORDER_SIGNING_KEY", signingKey)
  .withConfiguration(announcement, ["announcement.*"], { from: [settings] })
  .withConfiguration(receipts, ["receipts.*"], { from: [vault] })
  .waitForCompletion(seed)
  .withHttpHealthCheck("/health");

host
  .addProject("worker", "./worker")
  .withReplicas(2)
  .withReference(cache)
  .withEnvironment("ORDER_SIGNING_KEY", signingKey)
  .withConfiguration(receipts, ["receipts.key"], { from: [vault] })
  .withEnvironment("PACKING_TIME", "1200")
  .waitFor(cache)
  .withHttpHealthCheck("/health")
  .withRestart("on-failure");

const stock = host.addProject("stock", "./stock").withReference(api).waitFor(api);

host
  .addProject("web", "./web")
  .withReference(api)
  .withReference(inventory)
  .withReference(stock)
  .waitFor(api)
  .withHttpHealthCheck("/health");

await host.run();
