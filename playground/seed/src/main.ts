import { keys } from "@playground/orders";
import { callService, connectCache, plainLog as log } from "@playground/service";
import { products } from "./products.ts";

const cache = connectCache(log);
try {
  if (!cache.isReady) await new Promise((resolve) => cache.once("ready", resolve));
  let opened = 0;
  for (const { pieces, ...product } of products) {
    await cache.hSet(keys.catalogue, product.code, JSON.stringify(product));
    if (await openShelf(product.code, pieces)) opened += 1;
  }
  log.info("The shop is ready to open", { products: products.length, "new shelves": opened });
} finally {
  cache.destroy();
}

/** `false` when the shelf is there already: what has been sold since stays sold. */
async function openShelf(product: string, pieces: number): Promise<boolean> {
  const response = await callService(`http://inventory/stock/${product}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ pieces }),
  });
  if (!response.ok)
    throw new Error(`The inventory refused a shelf for "${product}": ${await response.text()}`);
  return response.status === 201;
}
