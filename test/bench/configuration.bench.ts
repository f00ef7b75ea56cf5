// What configuration costs: at the start of a service beside other libraries, for many keys, for slow sources and for
// many changes.
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { consul, file, loadConfig, object, objectNode, valueNode } from "@dext/providers";
import type { ConfigLayer } from "@dext/providers";
import { z } from "zod";
import { packPackages } from "../../scripts/pack-packages.ts";
import { root } from "../../scripts/packages.ts";
import { startConsulServer } from "../fixtures/consul/consul-server.ts";
import { atMost, best, median, told } from "./row.ts";
import type { Bench, BenchRow } from "./row.ts";

export const bench: Bench = async () => [
  ...(await starts()),
  await slowSources(),
  await slowServers(),
  await manyKeys(),
  ...(await manyChanges()),
];

/**
 * Starts a program with each library in turn; the middle of what each round showed over nothing, since the speed of a
 * machine drifts between rounds more than within one.
 */
async function starts(): Promise<BenchRow[]> {
  const libraries = [
    "nothing",
    "@dext/providers, environment and .env",
    "@dext/providers",
    "c12",
    "node-config",
    "convict",
    "@dotenvx/dotenvx",
  ];
  const directory = await sampleFolder();
  const times = new Map<string, number[]>(libraries.map((library) => [library, []]));
  try {
    for (let round = 0; round < 30; round += 1) {
      for (const library of libraries) times.get(library)?.push(startOnce(library, directory));
    }
  } finally {
    await rm(directory, { recursive: true });
  }
  const bare = times.get("nothing") ?? [];
  const of = (library: string): number =>
    median((times.get(library) ?? []).map((time, round) => time - (bare[round] ?? Number.NaN)));
  return [
    atMost("import and load, environment and .env, over nothing", {
      value: of("@dext/providers, environment and .env"),
      bar: 15,
      unit: "ms",
    }),
    atMost("the same with two files in YAML", { value: of("@dext/providers"), bar: 45, unit: "ms" }),
    ...libraries.slice(3).map((library) => told(`  ${library}`, { value: of(library), unit: "ms" })),
  ];
}

/** A folder with the sample, in which the packages are installed as they are published. */
async function sampleFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "dext-bench-"));
  const modules = join(directory, "node_modules");
  await mkdir(join(modules, "@dext"), { recursive: true });
  for (const { name, path } of await packPackages(join(directory, "vendor"), {
    only: ["@dext/core", "@dext/providers"],
  })) {
    await mkdir(join(modules, name));
    spawnSync("tar", ["-xzf", path, "--strip-components=1", "-C", join(modules, name)]);
  }
  // The rest is that of the repository.
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@dext") await symlink(join(root, "node_modules", name), join(modules, name));
  }
  await mkdir(join(directory, "config"));
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  await writeFile(
    join(directory, "config/default.yaml"),
    "port: 8080\ndb:\n  host: localhost\nlist: [a, b]\n",
  );
  await writeFile(join(directory, "config/production.yaml"), "db:\n  host: db.internal\n");
  await writeFile(join(directory, ".env"), "DB__PASSWORD=hunter2\n");
  await cp(
    fileURLToPath(new URL("./configuration/load-sample.ts", import.meta.url)),
    join(directory, "sample.ts"),
  );
  return directory;
}

function startOnce(library: string, directory: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["sample.ts", library], {
    cwd: directory,
    env: { ...process.env, NODE_ENV: "production", APP__PORT: "9090", SUPPRESS_NO_CONFIG_WARNING: "1" },
    encoding: "utf8",
  });
  const took = performance.now() - begin;
  if (status !== 0) throw new Error(`${library} failed: ${stderr}`);
  return took;
}

async function slowSources(): Promise<BenchRow> {
  const layers = Array.from({ length: 5 }, (_, at): ConfigLayer => {
    const origin = { provider: "slow", location: String(at) };
    return {
      provider: "slow",
      label: String(at),
      create: () => ({
        async load() {
          await delay(100);
          return { tree: objectNode([[`key${at}`, valueNode(at, { origin })]], { origin }) };
        },
      }),
    };
  });
  const value = await bestOf(5, () => loadConfig({ layers }));
  return atMost("load of five sources of 100 ms each", { value, bar: 130, unit: "ms" });
}

/** The same over HTTP, by the library of Consul and servers that take their time. */
async function slowServers(): Promise<BenchRow> {
  const servers = await Promise.all(Array.from({ length: 5 }, () => startConsulServer()));
  try {
    for (const [at, server] of servers.entries()) {
      server.store().put(`app/key${at}`, Buffer.from(String(at)));
      server.inject({ fault: { kind: "latency", milliseconds: 100 } });
    }
    const layers = servers.map(({ address }) => consul({ prefix: "app", address }));
    const value = await bestOf(5, async () => (await loadConfig({ layers })).close());
    return atMost("load of five Consuls that answer after 100 ms", { value, bar: 130, unit: "ms" });
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

async function manyKeys(): Promise<BenchRow> {
  const groups = Array.from({ length: 100 }, (_, group) => `group${group}`);
  const layers = Array.from({ length: 5 }, (_, layer) =>
    object(
      Object.fromEntries(
        groups.map((group) => [
          group,
          Object.fromEntries(Array.from({ length: 100 }, (__, key) => [`key${key}`, layer * 1000 + key])),
        ]),
      ),
    ),
  );
  const schema = z.record(z.string(), z.record(z.string(), z.number()));
  const value = await bestOf(8, () => loadConfig({ schema, layers }));
  return atMost("10,000 keys in 5 layers: merge, validate, freeze", { value, bar: 60, unit: "ms" });
}

async function manyChanges(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "dext-bench-"));
  const path = join(directory, "a.json");
  await writeFile(path, '{"count":0}');
  const config = await loadConfig({ layers: [file("a.json")], watch: true }, { directory });
  try {
    const begin = performance.now();
    for (let count = 1; count <= 1_000; count += 1) {
      await writeFile(path, `{"count":${count}}`);
      const ahead = begin + count * 2 - performance.now();
      if (ahead > 1) await delay(ahead);
    }
    const last = performance.now();
    while (config.value["count"] !== 1_000 && performance.now() - last < 5_000) await delay(1);
    const visible = performance.now() - last;
    return [
      atMost("reloads for 1,000 changes within 2 s", { value: config.generation - 1, bar: 20, unit: "" }),
      atMost("the last of them is visible after", { value: visible, bar: 250, unit: "ms" }),
    ];
  } finally {
    await config.close();
    await rm(directory, { recursive: true });
  }
}

async function bestOf(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    await work();
    times.push(performance.now() - begin);
  }
  return best(times);
}
