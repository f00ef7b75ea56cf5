import { fileURLToPath } from "node:url";
import { contractCases } from "../../fixtures/configuration/vault-cases.ts";
import { describeContract } from "../../fixtures/describe-contract.ts";

const module = fileURLToPath(new URL("../../fixtures/configuration/vault-cases.ts", import.meta.url));

describeContract("Vault", { cases: contractCases, module });
