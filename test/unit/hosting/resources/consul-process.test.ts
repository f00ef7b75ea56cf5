import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LaunchContext } from "../../../../hosting/src/model/launcher.ts";
import { ModelBuilder } from "../../../../hosting/src/model/model-builder.ts";
import { addConsul } from "../../../../hosting/src/resources/add-consul.ts";
import { consulProcess } from "../../../../hosting/src/resources/consul-process.ts";
import { probeContext } from "../../../fixtures/launchers/run-launcher.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "dext-consul-args-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function argumentsOf(version: string): Promise<readonly string[]> {
  const program = join(directory, "consul");
  await writeFile(program, `#!/bin/sh\necho "Consul v${version}"\n`);
  await chmod(program, 0o755);
  const host = new ModelBuilder({ directory });
  addConsul(host, "settings");
  const context: LaunchContext = {
    ...probeContext(host, { resource: "settings" }),
    findProgram: () => Promise.resolve(program),
    dataDirectory: () => Promise.resolve(join(directory, "data")),
    port: () => 8500,
    property: () => Promise.resolve(undefined),
    replica: 0,
    telemetry: false,
    inspect: false,
    log: () => undefined,
  };
  const plan = await consulProcess().plan(context);
  return plan.type === "process" ? (plan.args ?? []) : [];
}

describe("consul of this machine", () => {
  it.each(["1.14.0", "1.22.1", "2.0.1"])(
    "has no port for gRPC that a second one would want: %s",
    async (version) => {
      expect(await argumentsOf(version)).toContain("-hcl=ports { grpc_tls = -1 }");
    },
  );

  it.each(["1.8.7+dfsg1", "1.13.9"])(
    "is told nothing of a port that it does not know: %s",
    async (version) => {
      expect((await argumentsOf(version)).join(" ")).not.toContain("grpc_tls");
    },
  );
});
