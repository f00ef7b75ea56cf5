import { execFile, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createDiscovery, createHttpClient, createUndiciTransport } from "@dext/service";
import { Agent, request } from "undici";
import { packPackages } from "../../scripts/pack-packages.ts";
import { atLeast, atMost, median, told } from "./row.ts";
import type { BenchRow } from "./row.ts";

const pairs = 9;
const requests = 4_000;
const together = 32;

/** The client beside the runtime's bare `fetch` and `undici.request`, and what the packed package costs to import. */
export async function bench(): Promise<BenchRow[]> {
  return [...(await requestRates()), ...(await packedCosts())];
}

async function requestRates(): Promise<BenchRow[]> {
  const server = fork(fileURLToPath(new URL("service/answering-server.ts", import.meta.url)));
  try {
    const [port] = (await once(server, "message")) as [number];
    const base = `http://127.0.0.1:${port}`;
    const discovery = createDiscovery({ environment: { services__api__http__0: base } });
    const overFetch = createHttpClient({ discovery });
    const dispatcher = new Agent({ connections: together });
    const overPool = createHttpClient({ discovery, transport: await createUndiciTransport({ dispatcher }) });
    const fetched = await compare(
      async () => (await fetch(`${base}/products/1`)).json(),
      async () => overFetch.get("http://api/products/1").json(),
    );
    const ended = await compare(
      async () => (await fetch(`${base}/products/1`, { signal: new AbortController().signal })).json(),
      async () => overFetch.get("http://api/products/1").json(),
    );
    const pooled = await compare(
      async () => (await request(`${base}/products/1`, { dispatcher })).body.json(),
      async () => overPool.get("http://api/products/1").json(),
    );
    await dispatcher.close();
    return [
      told("bare fetch", { value: fetched.bare, unit: "req/s" }),
      told("client over fetch", { value: fetched.ours, unit: "req/s" }),
      atLeast("client over fetch, of bare fetch", { value: fetched.share * 100, bar: 95, unit: "%" }),
      // What can be ended in time has a signal, which fetch itself takes a tenth of its rate for.
      told("client over fetch, of fetch with a signal", { value: ended.share * 100, unit: "%" }),
      told("bare undici.request", { value: pooled.bare, unit: "req/s" }),
      told("client over undici's pool", { value: pooled.ours, unit: "req/s" }),
      atLeast("client over undici's pool, of undici.request", {
        value: pooled.share * 100,
        bar: 85,
        unit: "%",
      }),
    ];
  } finally {
    server.disconnect();
  }
}

interface Comparison {
  bare: number;
  ours: number;
  /** The median of the pairs' quotients. */
  share: number;
}

/** Runs both in turn, first one and then the other first, so that neither has the quieter machine. */
async function compare(bare: () => Promise<unknown>, ours: () => Promise<unknown>): Promise<Comparison> {
  for (const each of [bare, ours, bare, ours]) await rate(each);
  const rates: { bare: number; ours: number }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      const first = await rate(bare);
      rates.push({ bare: first, ours: await rate(ours) });
    } else {
      const first = await rate(ours);
      rates.push({ ours: first, bare: await rate(bare) });
    }
  }
  return {
    bare: median(rates.map((each) => each.bare)),
    ours: median(rates.map((each) => each.ours)),
    share: median(rates.map((each) => each.ours / each.bare)),
  };
}

async function rate(send: () => Promise<unknown>): Promise<number> {
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: together }, worker));
  return (requests / (performance.now() - startedAt)) * 1_000;
}

/** Installs what would be published, without development dependencies, and imports it. */
async function packedCosts(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "dext-service-bench-"));
  try {
    const only = ["@dext/core", "@dext/resilience", "@dext/service"];
    const tarballs = await packPackages(join(folder, "vendor"), { only });
    const dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
    const manifest = {
      name: "service-bench",
      type: "module",
      private: true,
      dependencies,
      overrides: dependencies,
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await promisify(execFile)(
      "npm",
      ["install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"],
      {
        cwd: folder,
      },
    );
    await writeFile(join(folder, "empty.js"), "export {};\n");
    await writeFile(join(folder, "service.js"), 'import "@dext/service";\n');
    const { added, base } = importTime(folder);
    return [
      told("start of an empty module", { value: base, unit: "ms" }),
      atMost("import of @dext/service", { value: added, bar: 25, unit: "ms" }),
      atMost("installed for production", {
        value: (await sizeOf(join(folder, "node_modules"))) / 2 ** 20,
        bar: 6,
        unit: "MB",
      }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

function importTime(folder: string): { base: number; added: number } {
  const start = (file: string): number => {
    const startedAt = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [join(folder, file)], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
    return performance.now() - startedAt;
  };
  start("empty.js");
  start("service.js");
  const times = Array.from({ length: 21 }, () => ({
    empty: start("empty.js"),
    service: start("service.js"),
  }));
  const base = median(times.map(({ empty }) => empty));
  return { base, added: median(times.map(({ empty, service }) => service - empty)) };
}

/** Bytes of all files, as they are on disk: in blocks. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const { blocks, size } = await stat(join(entry.parentPath, entry.name));
        return blocks > 0 ? blocks * 512 : size;
      }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
