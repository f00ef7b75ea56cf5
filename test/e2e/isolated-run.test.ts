import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { appHost } from "../fixtures/cli/services.ts";
import { createAppFolder } from "../fixtures/cli/app-folder.ts";
import type { AppFolder } from "../fixtures/cli/app-folder.ts";
import { endLeftDexts, startDext } from "../fixtures/cli/dext-process.ts";
import type { DextProcess } from "../fixtures/cli/dext-process.ts";

let folder: AppFolder | undefined;
afterEach(async () => {
  await endLeftDexts();
  await folder?.remove();
  folder = undefined;
});

/** Says what it was given, and remembers in the cache that it was there. */
const api = `
import { createServer } from "node:http";
import { Redis } from "ioredis";
const { PORT, CACHE_URI, KEY } = process.env;
const cache = new Redis(CACHE_URI);
const visits = await cache.incr("visits");
createServer((request, response) => response.end("hello")).listen(Number(PORT), "localhost", () =>
  console.log("given " + JSON.stringify({ port: Number(PORT), cache: Number(new URL(CACHE_URI).port), key: KEY, visits })));
process.once("SIGTERM", () => process.exit(0));
`;

interface Given {
  port: number;
  cache: number;
  key: string;
  visits: number;
}

async function givenTo(run: DextProcess): Promise<Given> {
  await run.says("Everything is up after");
  await run.says(/given \{.*\}/);
  return JSON.parse(/given (\{.*\})/.exec(run.stdout())?.[1] ?? "") as Given;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "localhost");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

it("two isolated runs beside a usual one have ports, data and passwords of their own, and leave nothing", async () => {
  const [apiPort, cachePort] = [await freePort(), await freePort()];
  folder = await createAppFolder({
    "api.ts": api,
    "apphost.ts": appHost(
      `const cache = host.addRedis("cache", { port: ${cachePort} }).withLauncher("embedded").withDataVolume();`,
      'const key = host.addParameter("key");',
      `host.addNodeApp("api", "api.ts").withHttpEndpoint({ port: ${apiPort} }).withReference(cache).waitFor(cache).withEnvironment("KEY", key);`,
    ),
  });
  const temporary = join(folder.path, "../tmp");
  const dextFolder = join(folder.path, ".dext");
  await Promise.all([temporary, dextFolder].map((path) => mkdir(path)));
  // As it is once somebody was asked for it.
  const kept = { version: 1, values: { key: "asked for once" } };
  await writeFile(join(dextFolder, "parameters.json"), JSON.stringify(kept), { mode: 0o600 });

  const usual = startDext(["run"], { folder });
  expect(await givenTo(usual)).toEqual({ port: apiPort, cache: cachePort, key: "asked for once", visits: 1 });
  const written = await readdir(dextFolder);
  const parameters = await readFile(join(dextFolder, "parameters.json"), "utf8");
  const logs = await readdir(join(dextFolder, "logs"));

  const runs = [1, 2].map(() =>
    startDext(["run", "--isolated"], { folder: folder as AppFolder, env: { TMPDIR: temporary } }),
  );
  const given = await Promise.all(runs.map(givenTo));
  const ports = given.flatMap(({ port, cache }) => [port, cache]);
  expect(new Set([...ports, apiPort, cachePort]).size).toBe(6);
  expect(given.map(({ key, visits }) => [key, visits])).toEqual([
    ["asked for once", 1],
    ["asked for once", 1],
  ]);
  for (const { port } of given) expect(await (await fetch(`http://localhost:${port}`)).text()).toBe("hello");
  const own = (await readdir(temporary)).filter((name) => name.startsWith("dext-isolated-"));
  expect(own).toHaveLength(2);
  const passwords = await Promise.all(
    own.map((name) => readFile(join(temporary, name, ".dext/parameters.json"), "utf8")),
  );
  expect(new Set([...passwords, parameters]).size).toBe(3);

  const [first, second] = runs;
  first?.signal("SIGINT");
  expect(await first?.ended).toMatchObject({ code: 0 });
  // Nobody is left who could remove its folder but the AppHost itself.
  second?.signal("SIGKILL");
  await second?.ended;
  await expect
    .poll(async () => (await readdir(temporary)).filter((name) => name.startsWith("dext-")), {
      timeout: 10_000,
    })
    .toEqual([]);
  expect(await readdir(dextFolder)).toEqual(written);
  expect(await readFile(join(dextFolder, "parameters.json"), "utf8")).toBe(parameters);
  expect(await readdir(join(dextFolder, "logs"))).toEqual(logs);
  usual.signal("SIGINT");
  expect(await usual.ended).toMatchObject({ code: 0 });
}, 60_000);
