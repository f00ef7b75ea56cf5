import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, describe, test } from "vitest";
import { findProgram } from "../../../hosting/src/orchestration/find-program.ts";
import { startConsulAgent } from "../../fixtures/consul/consul-agent.ts";
import { agentVariable, consulTargets } from "../../fixtures/consul/consul-targets.ts";
import { describeContract } from "../../fixtures/describe-contract.ts";
import { requirement } from "../../fixtures/requirement.ts";

const isInstalled = (await findProgram("consul")) !== undefined;
const consul = requirement("consul", () => isInstalled);
const agent = consul.available ? await startConsulAgent() : undefined;
if (agent !== undefined) process.env[agentVariable] = `${agent.address} ${agent.token}`;
afterAll(() => agent?.close());

// The cases ask at once which Consuls there are.
const { contractCases } = await import("../../fixtures/configuration/consul-cases.ts");
const module = fileURLToPath(new URL("../../fixtures/configuration/consul-cases.ts", import.meta.url));

describeContract("Consul", { cases: contractCases, module });

describe.skipIf(!consul.available)(`a real Consul ${consul.reason}`, () => {
  test("is among those that the suites ran against", ({ expect }) => {
    expect(contractCases.filter(({ name }) => name.startsWith("a real Consul")).length).toBeGreaterThan(20);
  });
});

for (const { name, hasAcl } of await consulTargets()) {
  const reason = hasAcl ? "" : " (skipped: its token makes none, or everybody may read there)";
  test.skipIf(!hasAcl)(`${name} is tried with policies${reason}`, ({ expect }) => {
    const tried = contractCases.map((each) => each.name);
    expect(tried).toContain(`${name} lets a token do what its policies say`);
  });
}
