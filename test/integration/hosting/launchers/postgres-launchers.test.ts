import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { QueryResult } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { findProgram } from "../../../../hosting/src/orchestration/find-program.ts";
import { addPostgres } from "../../../../hosting/src/resources/add-postgres.ts";
import { connectionOf, launch, launcherOf, probeContext } from "../../../fixtures/launchers/run-launcher.ts";

const hostilePassword = `a;b"c@d/e'f\\g h=i,j%k#l é`;

const isInstalled = (await findProgram("postgres", { folders: ["/usr/lib/postgresql/*/bin"] })) !== undefined;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-postgres-"));
  // The server runs as another user when the test runs as root.
  await chmod(directory, 0o711);
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function query(uri: string, sql: string): Promise<QueryResult<Record<string, unknown>>["rows"]> {
  const client = new Client({ connectionString: uri });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

for (const launcher of ["process", "embedded"] as const) {
  const needs = launcher === "process" ? " (needs PostgreSQL)" : "";
  describe.skipIf(needs !== "" && !isInstalled)(
    `postgres by the ${launcher} launcher${needs}`,
    { timeout: 60_000 },
    () => {
      test("serves a client that is given the URI of a database, with any password", async () => {
        const host = new ModelBuilder({ directory });
        addPostgres(host, "pg").addDatabase("orders-db");
        const pg = await launch(host, {
          resource: "pg",
          launcher,
          parameters: { "pg-password": hostilePassword },
        });
        try {
          const { uri = "" } = connectionOf(pg, "orders-db");
          expect(await query(uri, "SELECT 1 + 1 AS sum")).toEqual([{ sum: 2 }]);
          expect(await query(connectionOf(pg, "pg")["uri"] ?? "", "SELECT 2 AS two")).toEqual([{ two: 2 }]);
        } finally {
          await pg.stop();
        }
      });

      test("keeps its data with a data volume and fills it once", async () => {
        await mkdir(join(directory, "sql"));
        await writeFile(
          join(directory, "sql", "2-rows.sql"),
          "INSERT INTO fruit VALUES ('apple'), ('pear');",
        );
        await writeFile(
          join(directory, "sql", "1-table.sql"),
          "CREATE TABLE fruit (name text PRIMARY KEY);\n",
        );
        const host = new ModelBuilder({ directory });
        addPostgres(host, "pg").withDataVolume().withInitFiles("sql").addDatabase("orders");
        const options = { resource: "pg", launcher, dataDirectory: join(directory, "data") };
        const first = await launch(host, { ...options, parameters: { "pg-password": "before" } });
        await query(first.scope.property("orders", "uri"), "INSERT INTO fruit VALUES ('plum')");
        expect(await first.stop()).toBe(0);
        const second = await launch(host, { ...options, parameters: { "pg-password": "after" } });
        try {
          const rows = await query(
            second.scope.property("orders", "uri"),
            "SELECT name FROM fruit ORDER BY name",
          );
          expect(rows).toEqual([{ name: "apple" }, { name: "pear" }, { name: "plum" }]);
        } finally {
          await second.stop();
        }
      });

      test("shows its password in no argument", async () => {
        const host = new ModelBuilder({ directory });
        addPostgres(host, "pg");
        const pg = await launch(host, {
          resource: "pg",
          launcher,
          parameters: { "pg-password": "hush12345" },
        });
        try {
          expect(await readFile(`/proc/${pg.pid}/cmdline`, "utf8")).not.toContain("hush12345");
        } finally {
          await pg.stop();
        }
      });
    },
  );
}

describe.skipIf(!isInstalled)(
  "postgres by the process launcher alone (needs PostgreSQL)",
  { timeout: 60_000 },
  () => {
    test("makes every database and fills each from its own files", async () => {
      await writeFile(
        join(directory, "users.sql"),
        "CREATE TABLE users (id int); INSERT INTO users VALUES (7);",
      );
      const host = new ModelBuilder({ directory });
      const server = addPostgres(host, "pg");
      server.addDatabase("orders");
      server.addDatabase("users", { databaseName: 'us"ers; é' }).withInitFiles("users.sql");
      const pg = await launch(host, { resource: "pg", launcher: "process" });
      try {
        const name = await query(pg.scope.property("orders", "uri"), "SELECT current_database() AS name");
        expect(name).toEqual([{ name: "orders" }]);
        expect(await query(pg.scope.property("users", "uri"), "SELECT id FROM users")).toEqual([{ id: 7 }]);
      } finally {
        await pg.stop();
      }
    });

    test("refuses a client with a wrong password", async () => {
      const host = new ModelBuilder({ directory });
      addPostgres(host, "pg");
      const pg = await launch(host, { resource: "pg", launcher: "process" });
      try {
        const wrong = new URL(pg.scope.property("pg", "uri"));
        wrong.password = "wrong";
        await expect(query(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
      } finally {
        await pg.stop();
      }
    });

    test("names the init file that fails and why", async () => {
      await writeFile(join(directory, "bad.sql"), "CREATE TABLE fruit (name nonsense);");
      const host = new ModelBuilder({ directory });
      addPostgres(host, "pg").withInitFiles("bad.sql");
      await expect(launch(host, { resource: "pg", launcher: "process" })).rejects.toThrow(
        /could not be filled from .*bad\.sql: .*type "nonsense" does not exist/,
      );
    });

    test("says which version wrote a data folder that it cannot read", async () => {
      const host = new ModelBuilder({ directory });
      addPostgres(host, "pg").withDataVolume();
      const dataDirectory = join(directory, "data");
      await mkdir(join(dataDirectory, "postgres"), { recursive: true });
      await writeFile(join(dataDirectory, "postgres", "PG_VERSION"), "9.6\n");
      await expect(launch(host, { resource: "pg", launcher: "process", dataDirectory })).rejects.toThrow(
        /was written by PostgreSQL 9\.6/,
      );
    });
  },
);

describe("postgres by the embedded launcher", () => {
  test("does not work for two databases and says why", async () => {
    const host = new ModelBuilder({ directory });
    const server = addPostgres(host, "pg");
    server.addDatabase("orders");
    server.addDatabase("users");
    const context = probeContext(host, { resource: "pg" });
    expect(await launcherOf(context.resource, "embedded").probe(context)).toEqual({
      works: false,
      because: "PGlite serves one database, and 2 are wanted: orders, users",
      remedy: "Install PostgreSQL, or use one database with several schemas",
    });
  });
});

describe.skipIf(!isInstalled)(
  "postgres by the external launcher (needs PostgreSQL)",
  { timeout: 60_000 },
  () => {
    test("is reached where its connection string says, in either form", async () => {
      const host = new ModelBuilder({ directory });
      addPostgres(host, "pg").addDatabase("orders");
      const real = await launch(host, {
        resource: "pg",
        launcher: "process",
        parameters: { "pg-password": hostilePassword },
      });
      try {
        const { connectionString = "", uri = "" } = connectionOf(real, "pg");
        for (const text of [connectionString, uri]) {
          const external = await launch(host, {
            resource: "pg",
            launcher: "external",
            configuration: { "ConnectionStrings:pg": text },
          });
          expect(connectionOf(external, "pg")).toEqual(connectionOf(real, "pg"));
          expect(connectionOf(external, "orders")).toEqual(connectionOf(real, "orders"));
          expect(await query(external.scope.property("orders", "uri"), "SELECT 1 AS one")).toEqual([
            { one: 1 },
          ]);
          await external.stop();
        }
      } finally {
        await real.stop();
      }
    });
  },
);
