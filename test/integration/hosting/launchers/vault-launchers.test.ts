import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { addVault } from "../../../../hosting/src/resources/add-vault.ts";
import { connectionOf, launch, probeContext } from "../../../fixtures/launchers/run-launcher.ts";
import { makeVaultProgram } from "../../../fixtures/vault/vault-program.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-vault-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

test.each(["vault", "bao"] as const)(
  "%s is run in development mode on loopback, with the kept token, which is in no argument",
  async (name) => {
    const program = await makeVaultProgram(name);
    vi.stubEnv("PATH", [program.folder, process.env["PATH"]].join(delimiter));
    const host = new ModelBuilder({ directory });
    addVault(host, "vault");
    const parameters = { "vault-token": "kept-token" };
    const launched = await launch(host, { resource: "vault", launcher: "process", parameters });
    try {
      const { uri = "", token } = connectionOf(launched, "vault");
      expect(token).toBe("kept-token");
      const secret = new URL("/v1/secret/data/a", uri);
      const put = { method: "POST", headers: { "x-vault-token": "kept-token" }, body: '{"data":{"x":"1"}}' };
      expect((await fetch(secret, put)).status).toBe(200);
      expect((await fetch(secret, { headers: { "x-vault-token": "another" } })).status).toBe(403);
      const { plan } = launched;
      if (plan.type !== "process") throw new Error(`it is ${plan.type}`);
      expect(plan.command).toBe(join(program.folder, name));
      expect(plan.args.slice(0, 3)).toEqual(["server", "-dev", "-dev-no-store-token"]);
      expect(plan.args[3]).toMatch(/^-dev-listen-address=127\.0\.0\.1:\d+$/);
      expect(plan.args.join(" ")).not.toContain("kept-token");
      // What it writes of its own goes into its folder, not into that of the developer.
      expect(plan.environment?.["HOME"]).toBe(plan.cwd);
    } finally {
      await launched.stop();
      await program.close();
    }
  },
);

test("a Vault whose data is to outlive the run is no process, and the reason is given", async () => {
  const program = await makeVaultProgram();
  vi.stubEnv("PATH", [program.folder, process.env["PATH"]].join(delimiter));
  const host = new ModelBuilder({ directory });
  addVault(host, "vault").withDataVolume();
  const context = probeContext(host, { resource: "vault" });
  const launcher = context.resource.launchers.find(({ type }) => type === "process");
  expect(await launcher?.probe(context)).toMatchObject({
    works: false,
    because: expect.stringMatching(/keeps its secrets in memory/) as string,
  });
  await program.close();
});
