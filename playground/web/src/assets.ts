import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Path → answer, for each file in `public`. */
export type Assets = ReadonlyMap<string, () => Response>;

export async function loadAssets(): Promise<Assets> {
  const folder = new URL("../public/", import.meta.url);
  const assets = new Map<string, () => Response>();
  for (const name of await readdir(folder)) {
    const content = await readFile(new URL(name, folder));
    const headers = {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "cache-control": "no-cache",
    };
    assets.set(`/${name}`, () => new Response(content, { headers }));
  }
  return assets;
}
