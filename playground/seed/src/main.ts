import process from "node:process";
import { loadConfig } from "@dext/providers";
import { createConsoleLogger, createHttpClient } from "@dext/service";
import { connectCache } from "@playground/cache";
import { keys } from "@playground/orders";
import { definition } from "./config.ts";
import { products } from "./products.ts";

// Process 1 of a container is ended by no signal that it does not listen to.
process.once("SIGTERM", () => process.exit(143));

const { value: settings } = await loadConfig(definition);
const logger = createConsoleLogger();
const http = createHttpClient();
const cache = connectCache(settings.cacheUri, logger);
try {
  if (!cache.isReady) await new Promise((resolve) => cache.once("ready", resolve));
  let opened = 0;
  for (const { pieces, ...product } of products) {
    await cache.hSet(keys.catalogue, product.code, JSON.stringify(product));
    if (await openShelf(product.code, pieces)) opened += 1;
  }
  logger.info("The shop is ready to open", { products: products.length, "new shelves": opened });
} finally {
  cache.destroy();
}

/** `false` when the shelf is there already: what has been sold since stays sold. */
async function openShelf(product: string, pieces: number): Promise<boolean> {
  const { status } = await http.put(`http://inventory/stock/${product}`, { json: { pieces } });
  return status === 201;
}
