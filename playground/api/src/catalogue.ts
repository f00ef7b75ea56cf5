import { keys } from "@playground/orders";
import type { Product, StockedProduct } from "@playground/orders";
import type { Cache } from "@playground/cache";

export async function readProduct(cache: Cache, code: string): Promise<Product | undefined> {
  const text = await cache.hGet(keys.catalogue, code);
  return text ? (JSON.parse(text) as Product) : undefined;
}

/** All products by name, with what is on the shelf where that is known. */
export async function readCatalogue(
  cache: Cache,
  stock: ReadonlyMap<string, number> | undefined,
): Promise<StockedProduct[]> {
  const texts = Object.values(await cache.hGetAll(keys.catalogue));
  return texts
    .map((text) => JSON.parse(text) as Product)
    .map((product) => ({ ...product, available: stock ? (stock.get(product.code) ?? 0) : null }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}
