import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packPackages } from "../../../scripts/pack-packages.ts";
import { root } from "../../../scripts/packages.ts";
import { runDeno } from "../../fixtures/configuration/run-deno.ts";
import { startConsulServer } from "../../fixtures/consul/consul-server.ts";
import { requirement } from "../../fixtures/requirement.ts";

const run = promisify(execFile);

const runtimes = [
  { name: "Node", command: join(root, "node_modules/.bin/node"), args: [], install: "npm install consul" },
  {
    name: "Deno",
    command: join(root, "node_modules/deno/deno"),
    args: ["run", "-A", "--no-check"],
    install: "deno add npm:consul",
  },
] as const;

const deno = requirement("deno", () => existsSync(join(root, "node_modules/deno/deno")));

/** A service that has `@dext/providers` as it is published, and everything else of the repository but `consul`. */
let service: string;

beforeAll(async () => {
  service = await mkdtemp(join(tmpdir(), "dext-consul-service-"));
  const modules = join(service, "node_modules");
  await writeFile(join(service, "package.json"), '{"type":"module"}');
  const tarballs = await packPackages(join(service, "vendor"), { only: ["@dext/core", "@dext/providers"] });
  for (const { name, path } of tarballs) {
    await mkdir(join(modules, name), { recursive: true });
    await run("tar", ["-xzf", path, "--strip-components=1", "-C", join(modules, name)]);
  }
  for (const name of await readdir(join(root, "node_modules"))) {
    if (name !== "@dext" && name !== "consul")
      await symlink(join(root, "node_modules", name), join(modules, name));
  }
}, 60_000);
afterAll(() => rm(service, { recursive: true, force: true }));

describe.each(runtimes.filter(({ name }) => name === "Node" || deno.available))(
  "a service on $name",
  ({ name, command, args, install }) => {
    test("is told how to install the library that its Consul layer needs, even if the layer is optional", async () => {
      const program = join(service, "missing.js");
      await writeFile(
        program,
        `import { consul, loadConfig, object } from "@dext/providers";
      const config = await loadConfig({ layers: [object({ a: 1 })] });
      const layers = [consul({ prefix: "app", optional: true })];
      const error = await loadConfig({ layers }).catch((thrown) => thrown);
      console.log(JSON.stringify([config.value.a, error.code, error.message, error.hint]));`,
      );
      const { stdout } = await run(command, [...args, program], { cwd: service, timeout: 20_000 });
      expect(JSON.parse(stdout)).toEqual([
        1,
        "DEXT_CONFIG_CLIENT_MISSING",
        'A Consul layer needs the package "consul"',
        `Install it: ${install}`,
      ]);
    });

    test("ends by itself while its watch of Consul waits, and closes the connection", async () => {
      const server = await startConsulServer();
      server.store().put("app/a", Buffer.from("1"));
      // Within the repository, so that the library is found.
      const program = join(root, "test", `.consul-${process.pid}-${name}.mjs`);
      await writeFile(
        program,
        `import { consul, loadConfig } from "@dext/providers";
      const layers = [consul({ prefix: "app", address: "${server.address}" })];
      const config = await loadConfig({ layers, watch: true });
      await new Promise((resolve) => setTimeout(resolve, 300));
      console.log(config.value.a);`,
      );
      try {
        const begin = performance.now();
        const { stdout } = await run(command, [...args, "--conditions=@dext/source", program], {
          timeout: 20_000,
        });
        expect(stdout.trim()).toBe("1");
        expect(performance.now() - begin).toBeLessThan(10_000);
        expect(server.requests.map(({ query }) => query.get("wait"))).toEqual([null, "300000ms"]);
        await expect.poll(() => server.openSockets).toBe(0);
      } finally {
        await rm(program);
        await server.close();
      }
    });
  },
);

describe.skipIf(!deno.available)(`a service on Deno ${deno.reason}`, () => {
  test("that may not reach Consul is told which permission it needs, at once", async () => {
    const program = `import { consul, loadConfig } from "@dext/providers";
      const layers = [consul({ prefix: "app", optional: true })];
      const error = await loadConfig({ layers }).catch((thrown) => thrown);
      console.log(JSON.stringify([error.code, error.message, error.hint]));`;
    const [code, message, hint] = JSON.parse(
      await runDeno(program, { permissions: ["--allow-read", "--allow-env=DEXT_ENVIRONMENT"] }),
    ) as string[];
    expect(code).toBe("DEXT_CONFIG_CONSUL_NOT_PERMITTED");
    expect(message).toMatch(
      /^This process may not reach Consul at http:\/\/127.0.0.1:8500: Requires net access/,
    );
    expect(hint).toBe("Run it with --allow-net=127.0.0.1:8500");
  });
});
