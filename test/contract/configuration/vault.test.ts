import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { root } from "../../../scripts/packages.ts";
import { runDeno, runNode } from "../../fixtures/configuration/run-deno.ts";
import { contractCases } from "../../fixtures/configuration/vault-cases.ts";
import { appRole, database, withVault } from "../../fixtures/configuration/vault-scene.ts";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { requirement } from "../../fixtures/requirement.ts";

const module = fileURLToPath(new URL("../../fixtures/configuration/vault-cases.ts", import.meta.url));
const deno = requirement("deno", () => existsSync(join(root, "node_modules/deno/deno")));

describeContract("Vault", { cases: contractCases, module });

/** Loads, watches, and neither closes nor ends itself. */
const program = `
import process from "node:process";
import { loadConfig, vault } from "@dext/providers";
const auth = { appRole: { roleId: process.env.ROLE_ID, secretId: process.env.SECRET_ID } };
const config = await loadConfig({
  layers: [vault({ path: "secret/api", auth, interval: 50 }), vault({ dynamic: "database/creds/api", at: "db", auth })],
  watch: true,
});
console.log(config.value.a, typeof config.value.db.password);
`;

type Run = (variables: Readonly<Record<string, string>>) => Promise<string>;

async function outputOf(run: Run): Promise<string> {
  let output = "";
  await withVault(async ({ server, put }) => {
    await put("api", { a: "1" });
    await database(server, { default_ttl: "1h" });
    const { roleId, secretId } = await appRole(server);
    output = await run({ VAULT_ADDR: server.address, ROLE_ID: roleId, SECRET_ID: secretId });
  });
  return output;
}

const onDeno: Run = (variables) => runDeno(program, { permissions: ["-A"], variables });

describe("a configuration from Vault that nobody closes", () => {
  test("lets a process of Node come to its end", async () => {
    expect(await outputOf((variables) => runNode(program, variables))).toBe("1 string");
  });

  test.skipIf(!deno.available)(`lets a process of Deno come to its end ${deno.reason}`, async () => {
    expect(await outputOf(onDeno)).toBe("1 string");
  });
});
