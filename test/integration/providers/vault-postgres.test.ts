import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { ModelBuilder } from "../../../hosting/src/model/model-builder.ts";
import { findProgram } from "../../../hosting/src/orchestration/find-program.ts";
import { addPostgres } from "../../../hosting/src/resources/add-postgres.ts";
import { appRole, database } from "../../fixtures/configuration/vault-scene.ts";
import { connectionOf, launch } from "../../fixtures/launchers/run-launcher.ts";
import { requirement } from "../../fixtures/requirement.ts";
import type { RotationReport } from "../../fixtures/vault/rotating-service.ts";
import { startVaultServer } from "../../fixtures/vault/vault-server.ts";
import type { VaultServer } from "../../fixtures/vault/vault-server.ts";

const program = await findProgram("postgres", { folders: ["/usr/lib/postgresql/*/bin"] });
const postgres = requirement("postgres", () => program !== undefined);

/** Whoever still uses an account whose lease has ended is thrown out. */
const revocation = [
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'`,
  `REVOKE ALL ON orders FROM "{{name}}"`,
  `DROP ROLE "{{name}}"`,
];

async function execute(uri: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function accounts(uri: string): Promise<number> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname LIKE 'v-token-api-%'");
  await client.end();
  return rowCount ?? 0;
}

/** Lets the service run until it has changed over twice. */
async function runService(server: VaultServer, uri: string): Promise<RotationReport> {
  const role = await appRole(server);
  const path = fileURLToPath(new URL("../../fixtures/vault/rotating-service.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@dext/source", path], {
    env: {
      PATH: process.env["PATH"],
      VAULT_ADDR: server.address,
      POSTGRES_URI: uri,
      ROLE_ID: role.roleId,
      SECRET_ID: role.secretId,
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const output = text(child.stdout);
  const ended = once(child, "close");
  const issued = (): number =>
    server.requests.filter(({ path: asked }) => asked.endsWith("creds/api")).length;
  await expect.poll(issued, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(3);
  // Long enough for the last of the old accounts to have been dropped.
  await new Promise((resolve) => {
    setTimeout(resolve, 2_500);
  });
  child.stdin.end();
  await ended;
  return JSON.parse(await output) as RotationReport;
}

describe.skipIf(!postgres.available)(`credentials of a database ${postgres.reason}`, () => {
  test(
    "rotate under a running service without a restart and without a query that fails",
    { timeout: 60_000 },
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "dext-rotation-"));
      await chmod(directory, 0o711);
      const host = new ModelBuilder({ directory });
      addPostgres(host, "pg").addDatabase("shop");
      const running = await launch(host, {
        resource: "pg",
        launcher: "process",
        parameters: { "pg-password": "x" },
      });
      const server = await startVaultServer({ executeSql: execute });
      try {
        const { uri = "" } = connectionOf(running, "shop");
        await execute(uri, ["CREATE TABLE orders (id integer)"]);
        await database(server, {
          default_ttl: "6s",
          max_ttl: "6s",
          creation_statements: [
            `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}'`,
            `GRANT SELECT ON orders TO "{{name}}"`,
          ],
          revocation_statements: revocation,
        });
        await server.administer("POST", "database/config/main", { connection_url: uri });
        const report = await runService(server, uri);
        expect(report.failures).toEqual([]);
        expect(report.queries).toBeGreaterThan(100);
        expect(report.users.length).toBeGreaterThanOrEqual(3);
        expect(report.generation).toBeGreaterThanOrEqual(3);
        expect([server.liveLeases, server.liveTokens]).toEqual([[], []]);
        expect(await accounts(uri)).toBe(0);
      } finally {
        await server.close();
        await running.stop();
        await rm(directory, { recursive: true, force: true });
      }
    },
  );
});
